/** What came back for one request. */
export interface Answer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Milliseconds from the request to the last byte. */
  readonly ms: number
}

/** The answer that stands for a broken connection. */
export function noAnswer(ms: number): Answer {
  return { status: 0, headers: {}, text: '', ms }
}
