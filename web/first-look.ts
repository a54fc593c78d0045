/** What a newcomer to the demonstration sees first: the day of the audit that it retells. */
export const firstLook = { asOf: '2022-07-08', status: 'overdue' } as const;
