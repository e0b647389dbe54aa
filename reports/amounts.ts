/** Pure: amounts as people read them. */

/** `12.3 s` */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** `1 cell`, `2 cells` */
export const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
