/** What one piece of a Go layout stands for. */
export type LayoutPiece =
  | 'longMonth'
  | 'month'
  | 'numMonth'
  | 'zeroMonth'
  | 'longWeekday'
  | 'weekday'
  | 'day'
  | 'underDay'
  | 'zeroDay'
  | 'underYearDay'
  | 'zeroYearDay'
  | 'hour'
  | 'hour12'
  | 'zeroHour12'
  | 'minute'
  | 'zeroMinute'
  | 'second'
  | 'zeroSecond'
  | 'longYear'
  | 'year'
  | 'PM'
  | 'pm'
  | 'zone'
  | 'offset'
  | 'fractionFixed'
  | 'fractionFree'

/** One element of a layout: literal text before it, and what it stands for (undefined at the end). */
export interface LayoutStep {
  readonly prefix: string
  readonly piece: LayoutPiece | undefined
  /** Of an offset: its form as in the layout (`Z07:00`); of a fraction: its digits. */
  readonly form: string
}

const isLower = (unit: string | undefined): boolean => unit !== undefined && unit >= 'a' && unit <= 'z'
const isDigit = (unit: string | undefined): boolean => unit !== undefined && unit >= '0' && unit <= '9'

// Longest first where one begins another.
const offsets = ['070000', '07:00:00', '0700', '07:00', '07']
const zeroForms: Readonly<Record<string, LayoutPiece>> = {
  '01': 'zeroMonth',
  '02': 'zeroDay',
  '03': 'zeroHour12',
  '04': 'zeroMinute',
  '05': 'zeroSecond',
  '06': 'year',
}
const plainForms: readonly (readonly [text: string, piece: LayoutPiece])[] = [
  ['January', 'longMonth'],
  ['Monday', 'longWeekday'],
  ['MST', 'zone'],
  ['002', 'zeroYearDay'],
  ['15', 'hour'],
  ['1', 'numMonth'],
  ['2006', 'longYear'],
  ['2', 'day'],
  ['__2', 'underYearDay'],
  ['3', 'hour12'],
  ['4', 'minute'],
  ['5', 'second'],
  ['PM', 'PM'],
  ['pm', 'pm'],
]

interface Found {
  readonly piece: LayoutPiece
  readonly length: number
  readonly form: string
}

function wordAt(layout: string, at: number): Found | undefined {
  const plain = plainForms.find(([text]) => layout.startsWith(text, at))
  if (plain !== undefined) return { piece: plain[1], length: plain[0].length, form: '' }
  if (layout.startsWith('Jan', at) && !isLower(layout[at + 3])) return { piece: 'month', length: 3, form: '' }
  if (layout.startsWith('Mon', at) && !isLower(layout[at + 3]))
    return { piece: 'weekday', length: 3, form: '' }
  const zero = zeroForms[layout.slice(at, at + 2)]
  return zero === undefined ? undefined : { piece: zero, length: 2, form: '' }
}

function fractionAt(layout: string, at: number): Found | undefined {
  const digit = layout[at + 1]
  if ((layout[at] !== '.' && layout[at] !== ',') || (digit !== '0' && digit !== '9')) return undefined
  let end = at + 1
  while (layout[end] === digit) end += 1
  if (isDigit(layout[end])) return undefined
  const piece = digit === '0' ? 'fractionFixed' : 'fractionFree'
  return { piece, length: end - at, form: layout.slice(at, end) }
}

function pieceAt(layout: string, at: number): Found | undefined {
  const unit = layout[at]
  // `_2006` is an underscore before a year.
  if (unit === '_' && layout[at + 1] === '2' && !layout.startsWith('2006', at + 1))
    return { piece: 'underDay', length: 2, form: '' }
  if (unit === '-' || unit === 'Z') {
    const offset = offsets.find((form) => layout.startsWith(form, at + 1))
    if (offset !== undefined) return { piece: 'offset', length: offset.length + 1, form: unit + offset }
  }
  return fractionAt(layout, at) ?? wordAt(layout, at)
}

/** Takes a Go reference layout (`02/Jan/2006:15:04:05 -0700`) apart. Every text is a layout. */
export function layoutSteps(layout: string): readonly LayoutStep[] {
  const steps: LayoutStep[] = []
  let from = 0
  for (let at = 0; at < layout.length;) {
    const found = pieceAt(layout, at)
    if (found === undefined) {
      at += 1
      continue
    }
    steps.push({ prefix: layout.slice(from, at), piece: found.piece, form: found.form })
    at += found.length
    from = at
  }
  steps.push({ prefix: layout.slice(from), piece: undefined, form: '' })
  return steps
}
