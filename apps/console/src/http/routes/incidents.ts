import type { JsonObject } from '@sevenfold/event'
import { readBody, textMember } from '../body.ts'
import { refuse, requireRole } from '../console-routes.ts'
import type { ConsoleContext, ConsoleRoutes } from '../console-routes.ts'

const states = ['open', 'closed', 'merged', 'all']
const acts = ['approve', 'reject', 'undo'] as const
const idForm = /^[a-z0-9-]{1,64}$/
const scopes = ['entity', 'site', 'rule']

function verdictOf(body: JsonObject, actor: string): JsonObject | null {
  const verdict = ['true', 'benign', 'noise'].find((one) => one === body['verdict'])
  const reason = textMember(body, 'reason', 500)
  const scope = scopes.find((one) => one === body['scope'])
  if (verdict === undefined || reason === undefined) return null
  return {
    verdict,
    reason,
    actor,
    dryRun: body['dryRun'] === true,
    ...(scope === undefined ? {} : { scope }),
  }
}

const actorOf = (c: ConsoleContext): string => `console:${c.get('session').name}`

/** Incidents with their runbooks, verdicts, runs of playbooks, load, and what the layers share. */
export function addIncidents({ app, services }: ConsoleRoutes): void {
  const { backend, record } = services
  app.get('/api/incidents', async (c) => {
    const state = c.req.query('state') ?? 'open'
    return states.includes(state) ? c.json(await backend.incidents(state)) : refuse(c, 400, 'INCIDENT_STATE')
  })
  app.get('/api/incidents/:id', async (c) => {
    const id = c.req.param('id')
    return idForm.test(id) ? c.json(await backend.incident(id)) : refuse(c, 400, 'INCIDENT_ID')
  })
  app.post('/api/incidents/:id/verdict', async (c) => {
    const refusal = requireRole(c, 'responder')
    if (refusal !== null) return refusal
    const id = c.req.param('id')
    const actor = actorOf(c)
    const verdict = verdictOf((await readBody(c.req.raw)) ?? {}, actor)
    if (!idForm.test(id) || verdict === null) return refuse(c, 400, 'VERDICT_INCOMPLETE')
    const answer = await backend.giveVerdict(id, verdict)
    if (verdict['dryRun'] !== true)
      record({
        kind: 'verdict',
        actor,
        peer: c.get('peer'),
        detail: `${id} ${textMember(verdict, 'verdict', 10) ?? ''}`,
      })
    return c.json(answer)
  })
  app.get('/api/runs', async (c) => c.json(await backend.runs()))
  app.post('/api/runs/:id/:act', async (c) => {
    const refusal = requireRole(c, 'responder')
    if (refusal !== null) return refusal
    const [id, act] = [c.req.param('id'), acts.find((one) => one === c.req.param('act'))]
    if (!idForm.test(id) || act === undefined) return refuse(c, 400, 'RUN_ACT')
    const actor = actorOf(c)
    const answer = await backend.decideRun(id, act, actor)
    record({ kind: 'playbook', actor, peer: c.get('peer'), detail: `${act} ${id}` })
    return c.json(answer)
  })
  app.get('/api/load', async (c) => c.json(await backend.load()))
  app.get('/api/depends', async (c) => c.json({ depends: await backend.depends() }))
}
