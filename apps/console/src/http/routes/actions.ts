import { isPartName } from '@sevenfold/event'
import type { JsonObject, Mode } from '@sevenfold/event'
import { readBody, textMember } from '../body.ts'
import { refuse, requireRole } from '../console-routes.ts'
import type { ConsoleRoutes } from '../console-routes.ts'
import type { ModeChange } from '../../backend/backend.ts'

const modes: readonly Mode[] = ['off', 'monitor', 'enforce']

function modeChange(body: JsonObject, actor: string): ModeChange | null {
  const mode = modes.find((candidate) => candidate === body['mode'])
  const part = textMember(body, 'part', 32)
  const reason = textMember(body, 'reason', 500)
  const site = textMember(body, 'site', 253)
  if (mode === undefined || part === undefined || reason === undefined || !isPartName(part)) return null
  return { part, mode, reason, actor, ...(site === undefined ? {} : { site }) }
}

/** Changing: unban and mode. Strengthening needs a responder, weakening an administrator. */
export function addActions({ app, services }: ConsoleRoutes): void {
  app.delete('/api/decisions/:id', async (c) => {
    const refusal = requireRole(c, 'responder')
    if (refusal !== null) return refusal
    const id = c.req.param('id')
    const reason = textMember((await readBody(c.req.raw)) ?? {}, 'reason', 500)
    if (!/^\d{1,15}$/.test(id) || reason === undefined) return refuse(c, 400, 'UNBAN_INCOMPLETE')
    const actor = `console:${c.get('session').name}`
    await services.backend.unban(Number(id), reason, actor)
    services.record({ kind: 'unban', actor, peer: c.get('peer'), detail: `${id}: ${reason}` })
    return c.json({ ok: true })
  })
  app.post('/api/mode', async (c) => {
    const actor = `console:${c.get('session').name}`
    const change = modeChange((await readBody(c.req.raw)) ?? {}, actor)
    if (change === null) return refuse(c, 400, 'MODE_INCOMPLETE')
    // Only `enforce` can never weaken, whatever the mode was.
    const refusal = requireRole(c, change.mode === 'enforce' ? 'responder' : 'admin')
    if (refusal !== null) return refusal
    await services.backend.setMode(change)
    services.record({
      kind: 'mode',
      actor,
      peer: c.get('peer'),
      detail: `${change.part} ${change.mode}: ${change.reason}`,
    })
    return c.json({ ok: true })
  })
}
