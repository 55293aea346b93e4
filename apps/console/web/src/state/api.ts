import { signal } from '@preact/signals'

/** The CSRF token of the session; empty before login. */
export const csrf = signal('')

/** An answer of the console that is not a success. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.name = 'ApiError'
    this.status = status
    this.code = code
  }
}

async function read(answer: Response): Promise<unknown> {
  const body: unknown = await answer.json().catch(() => null)
  if (answer.ok) return body
  const code = (body as { error?: { code?: string } } | null)?.error?.code ?? 'UNKNOWN'
  throw new ApiError(answer.status, code)
}

/** Reads from the console. @throws ApiError. */
export async function get<T>(path: string): Promise<T> {
  return (await read(await fetch(path))) as T // the console's own answers
}

/** Changes something. @throws ApiError. */
export async function change<T>(method: 'POST' | 'DELETE', path: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json', 'x-sevenfold-csrf': csrf.value }
  return (await read(await fetch(path, { method, headers, body: JSON.stringify(body) }))) as T
}

const sentences: Readonly<Record<string, string>> = {
  BACKEND_DOWN: 'That part does not answer. Is it running? Try “sevenfold status”.',
  LOGIN_FAILED: 'That did not work. A link can be used once, within ten minutes.',
  LOGIN_TOO_OFTEN: 'Too many tries. Wait a little and try again.',
  SESSION_ROLE: 'Your role does not allow this.',
  SESSION_NONE: 'Your session has ended.',
}

/** What to tell a person about a failure. */
export function explain(error: unknown): string {
  if (error instanceof ApiError) return sentences[error.code] ?? `It was refused (${error.code}).`
  return 'The console does not answer.'
}
