/** A time as “12 s ago”; a dash when unknown. */
export function ago(time: string | undefined, now: number): string {
  if (time === undefined) return '–'
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000))
  if (Number.isNaN(seconds)) return '–'
  if (seconds < 90) return `${seconds} s ago`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`
  return `${Math.round(seconds / 3600)} h ago`
}

/** Time left as “3 h 59 min”, or “ended”. */
export function left(until: string, now: number): string {
  const seconds = Math.round((Date.parse(until) - now) / 1000)
  if (Number.isNaN(seconds)) return '–'
  if (seconds <= 0) return 'ended'
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`
}
