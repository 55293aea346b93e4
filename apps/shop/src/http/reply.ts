import { STATUS_CODES } from 'node:http'

/** What a handler answers. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: string | Uint8Array
}

/** An HTML page. */
export function html(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

/** A JSON document. */
export function json(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` }
}

/** Plain text. */
export function text(body: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

/** `303 See Other`, so that a form's answer can be reloaded. */
export function seeOther(location: string): Reply {
  return { status: 303, headers: { location }, body: '' }
}

/** A refusal or an error as JSON, in the form that the JSON API uses everywhere. */
export function jsonError(status: number, message?: string): Reply {
  return json({ error: message ?? STATUS_CODES[status] ?? 'error' }, status)
}
