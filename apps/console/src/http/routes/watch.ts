import { isPartName } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { readBody, textMember } from '../body.ts'
import { refuse, requireRole } from '../console-routes.ts'
import type { ConsoleContext, ConsoleRoutes } from '../console-routes.ts'

/** Longest silence that the console announces, in milliseconds. */
export const longestSilenceMs = 86_400_000

function planOf(body: JsonObject, actor: string): JsonObject | null {
  const [part, reason] = [textMember(body, 'part', 32), textMember(body, 'reason', 500)]
  const { durationMs } = body
  if (part === undefined || reason === undefined || !isPartName(part)) return null
  if (typeof durationMs !== 'number' || !(durationMs > 0) || durationMs > longestSilenceMs) return null
  return { part, reason, durationMs, actor }
}

const actorOf = (c: ConsoleContext): string => `console:${c.get('session').name}`

/**
 * Who is watched: hosts that joined, what is silent, announced silences. To announce one makes us deaf on purpose and is
 * for administrators; to end one is for responders.
 */
export function addWatch({ app, services }: ConsoleRoutes): void {
  const { backend, record } = services
  app.get('/api/hosts', async (c) => c.json({ hosts: await backend.hosts() }))
  app.get('/api/silences', async (c) => c.json(await backend.silences()))
  app.post('/api/silences', async (c) => {
    const refusal = requireRole(c, 'admin')
    if (refusal !== null) return refusal
    const actor = actorOf(c)
    const plan = planOf((await readBody(c.req.raw)) ?? {}, actor)
    if (plan === null) return refuse(c, 400, 'SILENCE_INCOMPLETE')
    const answer = await backend.planSilence(plan)
    const detail = `plan ${textMember(plan, 'part') ?? ''}: ${textMember(plan, 'reason', 500) ?? ''}`
    record({ kind: 'silence', actor, peer: c.get('peer'), detail })
    return c.json(answer)
  })
  app.delete('/api/silences/:id', async (c) => {
    const refusal = requireRole(c, 'responder')
    if (refusal !== null) return refusal
    const id = c.req.param('id')
    if (!/^\d{1,15}$/.test(id)) return refuse(c, 400, 'SILENCE_ID')
    const actor = actorOf(c)
    const answer = await backend.endSilence(Number(id), actor)
    record({ kind: 'silence', actor, peer: c.get('peer'), detail: `end ${id}` })
    return c.json(answer)
  })
}
