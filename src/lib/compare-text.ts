// Order of texts by their characters, as Go sorts them: for `sort`.

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
