/** One server-sent event. */
export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

/** A line or an event longer than this many characters ends the stream. */
export const maxEventLength = 268_435_456

/**
 * Reads a stream of server-sent events (HTML living standard, section 9.2.6) piece by piece; `id` and `retry` are not
 * used here, comments are ignored.
 */
export class SseParser {
  private rest = ''
  private event = ''
  private data: string[] = []
  private length = 0

  /** Takes a piece of text and gives the events that it completes. @throws Error when an event is too long. */
  push(text: string): readonly ServerSentEvent[] {
    this.length += text.length
    if (this.length > maxEventLength) throw new Error(`event longer than ${maxEventLength} characters`)
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    const events: ServerSentEvent[] = []
    for (const line of lines) {
      const event = this.line(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (event !== null) events.push(event)
    }
    return events
  }

  private line(line: string): ServerSentEvent | null {
    if (line === '') return this.dispatch()
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line.charAt(colon + 1) === ' ' ? colon + 2 : colon + 1)
    if (field === 'event') this.event = value
    else if (field === 'data') this.data.push(value)
    return null
  }

  private dispatch(): ServerSentEvent | null {
    const event = { event: this.event === '' ? 'message' : this.event, data: this.data.join('\n') }
    const isEmpty = this.data.length === 0
    this.event = ''
    this.data = []
    this.length = this.rest.length
    return isEmpty ? null : event
  }
}
