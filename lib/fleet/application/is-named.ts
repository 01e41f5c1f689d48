/** Whether a name is among those that are wanted, as in `gate|connector`; `all` stands for each. */
export function isNamed(name: string, wanted: string): boolean {
  return wanted === 'all' || wanted.split('|').some((one) => one.trim() === name);
}
