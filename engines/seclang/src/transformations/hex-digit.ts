/** Gives the value of a hexadecimal digit's code, or -1 when the code is no such digit. */
export function hexValue(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const lower = code | 32
  return lower >= 97 && lower <= 102 ? lower - 87 : -1
}

/** Gives the byte of two hexadecimal digits at `at`, or -1 when they are missing or no digits. */
export function hexByteAt(input: string, at: number): number {
  if (at + 1 >= input.length) return -1
  const high = hexValue(input.charCodeAt(at))
  const low = hexValue(input.charCodeAt(at + 1))
  return high < 0 || low < 0 ? -1 : high * 16 + low
}
