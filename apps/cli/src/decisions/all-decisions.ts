import { isJsonObject } from '@sevenfold/event'
import type { Json, JsonObject } from '@sevenfold/event'
import { askSocket } from '../talk/ask-socket.ts'

/** Decisions in one answer: half a million do not fit into one. */
export const decisionsPerPage = 10_000

/** Which decisions. */
export interface DecisionQuery {
  readonly socketPath: string
  /** Filters of `GET /v1/decisions`. */
  readonly filters?: Readonly<Record<string, string>>
  /** Most decisions; all by default. */
  readonly limit?: number
}

/** Decisions that an answer holds, whatever else it holds. */
export function decisionsOf(answer: Json | undefined): readonly JsonObject[] {
  return (Array.isArray(answer) ? answer : []).filter(isJsonObject)
}

/** Active decisions, oldest first, page by page. */
export async function allDecisions(query: DecisionQuery): Promise<readonly JsonObject[]> {
  const { socketPath, filters = {}, limit = Number.POSITIVE_INFINITY } = query
  const found: JsonObject[] = []
  let after = 0
  while (found.length < limit) {
    const wanted = Math.min(decisionsPerPage, limit - found.length)
    const parameters = new URLSearchParams({ ...filters, limit: String(wanted), after: String(after) })
    const path = `/v1/decisions?${parameters.toString()}`
    const page = decisionsOf(await askSocket({ socketPath, part: 'detection', path }))
    for (const decision of page) found.push(decision)
    const last = page.at(-1)?.['id']
    if (page.length < wanted || typeof last !== 'number' || last <= after) break
    after = last
  }
  return found.slice(0, limit)
}
