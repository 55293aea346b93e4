import { STATUS_CODES } from 'node:http'

/** The registered reason phrase of a status, or `Unknown`. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown'
}
