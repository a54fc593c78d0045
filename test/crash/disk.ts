import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { open, readdir, readFile, rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { killAtOnce } from './victims.ts';

/*
 * A disk of its own: an ext4 file system in a file, mounted by a loop device. The loop device writes
 * into the file what the file system has sent to its disk, and nothing else. So a copy of the file
 * is what would be left if the power went: what is still only in the kernel's memory is not in it.
 */

const run = promisify(execFile);

/** Grown only where it is written to. */
const BYTES = 1024 ** 3;
/** The journal is committed for an fsync, or after so many seconds: nothing gets to the disk by luck. */
const COMMIT_SECONDS = 300;
const GONE_MS = 10_000;

export interface Disk {
  readonly image: string;
  readonly mountedOn: string;
}

/** Makes an empty disk and mounts it on a folder. Root only. */
export async function makeDisk(image: string, mountedOn: string): Promise<Disk> {
  const file = await open(image, 'wx');
  await file.truncate(BYTES);
  await file.close();
  // Nothing left for the kernel to make ready in the background, which would write at any time.
  await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image]);
  const disk = { image, mountedOn };
  await mount(disk);
  return disk;
}

export async function mount({ image, mountedOn }: Disk): Promise<void> {
  await run('mount', ['-t', 'ext4', '-o', `loop,commit=${COMMIT_SECONDS}`, image, mountedOn]);
}

/** Unmounts it if it is mounted; the loop device goes with it. */
export async function unmount({ mountedOn }: Pick<Disk, 'mountedOn'>): Promise<void> {
  const until = Date.now() + GONE_MS;
  while ((await deviceOf(mountedOn)) !== undefined) {
    try {
      await run('umount', [mountedOn]);
    } catch (error) {
      // A process that was killed lets go of its files a moment later.
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** Writes everything to the disk. */
export async function flush({ mountedOn }: Disk): Promise<void> {
  await run('sync', ['-f', mountedOn]);
}

/**
 * Cuts the power: keeps what is on the disk at this moment, kills the processes, and mounts what
 * was kept in place of the disk, which replays its journal. The processes must be all that write
 * there, and stopped.
 */
export async function cutPower(disk: Disk, processes: readonly number[]): Promise<void> {
  const kept = `${disk.image}.kept`;
  await copyAtRest(disk, kept);
  for (const pid of processes) killAtOnce(pid);
  await unmount(disk);
  await rename(kept, disk.image);
  await mount(disk);
  await unmount(disk);
  // The journal is replayed: there must be nothing left to mend.
  await run('e2fsck', ['-f', '-n', disk.image]);
  await mount(disk);
}

const COPIES = 20;

/**
 * INVARIANT: the copy is the disk of one moment. Nobody asks for anything to be written, since all
 * are stopped; if the kernel wrote something out meanwhile, the copy is made again.
 */
async function copyAtRest({ image, mountedOn }: Disk, to: string): Promise<void> {
  for (let copy = 0; copy < COPIES; copy += 1) {
    const before = await written(mountedOn);
    await run('cp', ['--sparse=always', image, to]);
    const after = await written(mountedOn);
    if (before.underway + after.underway === 0 && before.sectors === after.sectors) return;
    await sleep(100);
  }
  throw new Error('the disk is never at rest');
}

/** What was written to the disk since it was mounted, and how many requests are under way. */
async function written(mountedOn: string): Promise<{ sectors: string; underway: number }> {
  const device = await deviceOf(mountedOn);
  assert.ok(device, `${mountedOn} is not mounted`);
  const fields = (await readFile(`/sys/block/${device}/stat`, 'utf8')).trim().split(/\s+/);
  return { sectors: fields[6] ?? '', underway: Number(fields[8]) };
}

async function deviceOf(mountedOn: string): Promise<string | undefined> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map((line) => line.split(' '));
  const device = mounts.findLast(([, folder]) => folder === mountedOn)?.[0];
  return device === undefined ? undefined : basename(device);
}

const STOPS_MS = 20_000;

/**
 * Stops processes where they stand, and waits until each of their threads has left the kernel: one
 * in the midst of an fsync stops when that is done.
 */
export async function stopAll(processes: readonly number[]): Promise<void> {
  for (const pid of processes) process.kill(pid, 'SIGSTOP');
  const until = Date.now() + STOPS_MS;
  for (const pid of processes) {
    while (!(await isStopped(pid))) {
      assert.ok(Date.now() < until, `process ${pid} does not stop`);
      await sleep(1);
    }
  }
}

async function isStopped(pid: number): Promise<boolean> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const states = await Promise.all(
    threads.map(async (thread) => {
      const stat = await readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8').catch(() => '');
      return stat.slice(stat.lastIndexOf(')') + 2).charAt(0);
    }),
  );
  return states.every((state) => ['T', 'Z', 'X', ''].includes(state));
}
