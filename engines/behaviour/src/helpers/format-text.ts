import { formatValue } from './format-value.ts'
import { kindOf } from '../expr/runtime/boxed.ts'
import { Fault } from '../expr/runtime/fault.ts'
import { isNumeric } from '../expr/runtime/operations.ts'

const verb = /%([-+# 0]*)(\d{0,4})(?:\.(\d{0,3}))?([a-zA-Z%])/g
const maxFormatted = 1_048_576

interface Verb {
  readonly flags: string
  readonly width: number
  readonly precision: number | undefined
  readonly letter: string
}

/**
 * Go's fmt.Sprintf for the verbs that rules use (`%s %v %+v %d %f %g %e %t %q %x %X %o %b %c %T %%`), with width, precision and the
 * flags `-`, `+`, `0`, space. Missing and surplus arguments are said in the text, as Go does.
 */
export function formatText(format: string, ...args: readonly unknown[]): string {
  let next = 0
  const text = format.replaceAll(
    verb,
    (_, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%'
      if (next >= args.length) return `%!${letter}(MISSING)`
      const value = args[next]
      next += 1
      const made: Verb = {
        flags,
        width: Number(width),
        precision: precision === undefined ? undefined : Number(precision),
        letter,
      }
      return pad(formatted(value, made), made)
    },
  )
  const surplus = args.slice(next).map((value) => `${kindOf(value)}=${formatValue(value)}`)
  const whole = surplus.length === 0 ? text : `${text}%!(EXTRA ${surplus.join(', ')})`
  if (whole.length > maxFormatted) throw new Fault('Sprintf: text too long')
  return whole
}

function pad(text: string, { flags, width }: Verb): string {
  if (flags.includes('-')) return text.padEnd(width)
  if (!flags.includes('0')) return text.padStart(width)
  const sign = /^[+-]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function formatted(value: unknown, made: Verb): string {
  const { letter, precision } = made
  switch (letter) {
    case 'v':
      return formatValue(value)
    case 's':
      return formatValue(value).slice(0, precision)
    case 'T':
      return kindOf(value)
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong(value, letter)
    case 'q':
      return typeof value === 'string' ? JSON.stringify(value) : wrong(value, letter)
    case 'd':
    case 'x':
    case 'X':
    case 'o':
    case 'b':
    case 'c':
      return whole(value, made)
    case 'f':
    case 'F':
    case 'e':
    case 'g':
      return fraction(value, made)
    default:
      return wrong(value, letter)
  }
}

const bases: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 }

function whole(value: unknown, { flags, letter }: Verb): string {
  if (typeof value === 'string' && (letter === 'x' || letter === 'X')) {
    const bytes = [...new TextEncoder().encode(value)]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('')
    return letter === 'X' ? bytes.toUpperCase() : bytes
  }
  if (typeof value !== 'bigint') return wrong(value, letter)
  if (letter === 'c')
    return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : '\ufffd'
  const digits = value.toString(bases[letter] ?? 10)
  return (flags.includes('+') && value >= 0n ? '+' : '') + (letter === 'X' ? digits.toUpperCase() : digits)
}

function fraction(value: unknown, { flags, letter, precision }: Verb): string {
  if (!isNumeric(value) || typeof value === 'bigint') return wrong(value, letter)
  if (!Number.isFinite(value)) return formatValue(value)
  const sign = flags.includes('+') && value >= 0 ? '+' : ''
  if (letter === 'g')
    return (
      sign +
      (precision === undefined
        ? formatValue(value)
        : String(Number(value.toPrecision(Math.max(1, precision)))))
    )
  const digits = Math.min(precision ?? 6, 100)
  if (letter !== 'e') return sign + value.toFixed(digits)
  return sign + value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
}

const wrong = (value: unknown, letter: string): string =>
  value === null || value === undefined
    ? `%!${letter}(<nil>)`
    : `%!${letter}(${kindOf(value)}=${formatValue(value)})`
