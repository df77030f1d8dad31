const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
const SHORT_INTEGER = /^-?[1-9]\d{0,14}$|^0$/;

/** Whether the number of a JSON text is written back as the same number: it is, where a double has room for all of its digits. */
export const isExact = (number: string): boolean =>
  SHORT_INTEGER.test(number) || decimalOf(number) === decimalOf(String(Number(number)));

/** One text for each decimal number: its digits without zeros around them, and the power of ten behind them. */
const decimalOf = (number: string): string | undefined => {
  const [match, sign, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(number) ?? [];
  if (match === undefined) return undefined;
  const digits = whole + fraction;
  let [start, end] = [0, digits.length];
  while (digits[start] === '0') start += 1;
  while (end > start && digits[end - 1] === '0') end -= 1;
  const power = Number(exponent) - fraction.length + digits.length - end;
  return start === end ? `${sign}0` : `${sign}${digits.slice(start, end)}e${power}`;
};
