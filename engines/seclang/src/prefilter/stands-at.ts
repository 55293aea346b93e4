/** Whether a literal in lower case stands at a place of a text, ASCII letters in any case. */
export function standsAt(text: string, at: number, literal: string): boolean {
  for (let index = 0; index < literal.length; index++) {
    const unit = text.charCodeAt(at + index)
    const lower = unit >= 65 && unit <= 90 ? unit + 32 : unit
    if (lower !== literal.charCodeAt(index)) return false
  }
  return true
}
