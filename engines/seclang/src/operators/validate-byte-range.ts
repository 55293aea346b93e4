import type { Operator } from './operator.ts'

function byteValue(text: string): number {
  if (!/^[0-9]{1,3}$/.test(text) || Number(text) > 255)
    throw new Error(`"${text}" is no byte value: 0 to 255 expected`)
  return Number(text)
}

function allowedBytes(param: string): Uint8Array {
  const allowed = new Uint8Array(256)
  for (const entry of param.split(',').map((text) => text.trim())) {
    if (entry === '') continue
    const [first = '', last = first] = entry.split('-', 2).map((text) => text.trim())
    const from = byteValue(first)
    const to = byteValue(last)
    if (from > to) throw new Error(`range "${entry}" ends before it starts`)
    allowed.fill(1, from, to + 1)
  }
  return allowed
}

/** `@validateByteRange 1-255,9`: true when the value holds a byte outside the listed ones. */
export const validateByteRange: Operator = {
  name: 'validateByteRange',
  compile(param) {
    const allowed = allowedBytes(param)
    return {
      match(input) {
        for (let i = 0; i < input.length; i++) if (allowed[input.charCodeAt(i)] !== 1) return true
        return false
      },
    }
  },
}
