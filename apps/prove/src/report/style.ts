/** Colours of a terminal, or none. */
export interface Style {
  good(text: string): string
  fair(text: string): string
  bad(text: string): string
  faint(text: string): string
  strong(text: string): string
}

function sgr(code: number, isOn: boolean): (text: string) => string {
  return isOn ? (text) => `\u001b[${code}m${text}\u001b[0m` : (text) => text
}

/** Colours when `isOn`, else text as it is. */
export function makeStyle(isOn: boolean): Style {
  return {
    good: sgr(32, isOn),
    fair: sgr(33, isOn),
    bad: sgr(31, isOn),
    faint: sgr(2, isOn),
    strong: sgr(1, isOn),
  }
}
