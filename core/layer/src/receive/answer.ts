/** An HTTP answer. */
export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
  readonly retryAfterSeconds?: number
}

/** Answer for a problem: a stable code for programs and a sentence for people. */
export function problem(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } }
}
