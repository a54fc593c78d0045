/** What the texts that an auditor takes away of an agency's record are called. */

export function checkpointFile(agency: string, size: number): string {
  return `${agency}-${size}.checkpoint.txt`;
}

export function keysFile(agency: string): string {
  return `${agency}-keys.txt`;
}

export function proofFile(entry: number): string {
  return `entry-${entry}.tlog-proof`;
}
