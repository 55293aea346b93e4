import { createEventBuilder, createRedactor } from '@sevenfold/event'
import { createNeverBan } from './authority/never-ban.ts'
import { DecisionStore } from './decisions/decision-store.ts'
import { assembleDesk } from './desk/assemble-desk.ts'
import { Judge } from './judge/judge.ts'
import { builtInScenarios } from './scenarios/built-in.ts'

/**
 * Proves that the layer judges: a made-up source asks for 30 missing pages in a copy of the machinery that is
 * connected to nothing, and must be banned there.
 */
export function judgesProbing(): boolean {
  const store = new DecisionStore({
    now: () => 0,
    newUuid: () => 'self-test',
    journal: { append: () => undefined },
  })
  const shared = {
    store,
    neverBan: createNeverBan({ listed: [], proxies: [], own: [] }),
    events: createEventBuilder({
      layer: 'detection',
      now: () => 0,
      newId: () => 'self-test',
      redactor: createRedactor(new Uint8Array(32)),
    }),
    emit: () => undefined,
    mode: () => 'enforce' as const,
    now: () => 0,
  }
  const { desk, shares } = assembleDesk({ ...shared, banDurationMs: 60_000 })
  const judge = new Judge({
    ...shared,
    scenarios: builtInScenarios,
    desk,
    shares,
    isAllowed: () => false,
    monotonicMs: () => 0,
  })
  for (let i = 0; i < 30; i += 1) {
    const line = JSON.stringify({
      event: 'access',
      peer: '192.0.2.1',
      method: 'GET',
      path: `/p${i}`,
      status: 404,
    })
    judge.takeLine(line, { format: 'json-access', nowMs: 0 })
  }
  return store.longest({ type: 'ban', scope: 'ip', value: '192.0.2.1' }) !== undefined
}
