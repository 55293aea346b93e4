/** Makes ISO 8601 times; the part up to the second is remembered, because formatting a date costs a microsecond. */
export function createTimestamp(): (ms: number) => string {
  let second = -1
  let prefix = ''
  return (ms) => {
    const whole = Math.floor(ms / 1000)
    if (whole !== second) {
      second = whole
      prefix = new Date(whole * 1000).toISOString().slice(0, 20)
    }
    const rest = Math.floor(ms - whole * 1000)
    return `${prefix}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`
  }
}
