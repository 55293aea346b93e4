/** Classes of the characters of some literals. */
export interface CharacterClasses {
  /** Class by code unit: 256 entries in bytes mode, 65,536 in string mode. 0: in no literal. */
  readonly classes: Uint16Array
  /** Number of classes, 0 included. */
  readonly count: number
  /** Whether different characters share a class because there were too many. */
  readonly merged: boolean
}

/** How characters are told apart. */
export interface ClassOptions {
  readonly mode?: 'bytes' | 'string'
  readonly ignoreCase?: boolean
  /** Most classes, at least 3: the rarest characters share the last one. */
  readonly maxClasses?: number
}

/** Gives each character of the literals a class of its own, the most frequent first; above the limit the rest share one. */
export function characterClasses(literals: readonly string[], options: ClassOptions): CharacterClasses {
  const classes = new Uint16Array(options.mode === 'string' ? 65_536 : 256)
  const uses = new Int32Array(classes.length)
  for (const literal of literals) {
    for (let at = 0; at < literal.length; at++) {
      const unit = literal.charCodeAt(at)
      uses[unit] = (uses[unit] ?? 0) + 1
    }
  }
  const used: number[] = []
  for (let unit = 0; unit < uses.length; unit++) if ((uses[unit] ?? 0) > 0) used.push(unit)
  const ranked = used.sort((a, b) => (uses[b] ?? 0) - (uses[a] ?? 0) || a - b)
  const most = Math.max(3, options.maxClasses ?? Infinity)
  for (const [rank, unit] of ranked.entries()) classes[unit] = Math.min(rank + 1, most - 1)
  if (options.ignoreCase === true)
    for (let unit = 0x41; unit <= 0x5a; unit++) classes[unit] = classes[unit + 32] ?? 0
  const count = Math.min(ranked.length + 1, most)
  return { classes, count, merged: ranked.length + 1 > count }
}
