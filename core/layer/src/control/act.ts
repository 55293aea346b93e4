import { backboneNames } from '@sevenfold/event'
import type {
  ControlErrorCode,
  ControlRequest,
  ControlResponse,
  EventBuilder,
  EventDraft,
  EventOutcome,
} from '@sevenfold/event'
import { LayerError } from '../error.ts'
import type { Logger } from '../log/logger.ts'
import type { Modes } from '../mode/modes.ts'
import type { SelfTestResult } from '../part/part-context.ts'
import { refusal } from './control-server.ts'

/** What a control request can reach. */
export interface ControlReach {
  readonly modes: Modes
  readonly events: EventBuilder
  readonly log: Logger
  readonly emit: (draft: EventDraft) => void
  readonly status: () => Readonly<Record<string, unknown>>
  readonly selfTest: () => Promise<SelfTestResult>
  /** Applies the configuration anew and returns its digest. */
  readonly reload: () => Promise<string>
  readonly drain: () => Promise<void>
}

interface Act {
  readonly response: ControlResponse
  readonly from?: string
  readonly to?: string
}

/** Backbone and playbooks may strengthen, never weaken: they are no admin, whoever took them over. */
function isAutomation(actor: string): boolean {
  const name = actor.split(':', 1)[0] ?? ''
  return name === 'playbook' || name === 'backbone' || (backboneNames as readonly string[]).includes(name)
}

const codes: Partial<Record<string, ControlErrorCode>> = {
  LAYER_MODE_UNKNOWN_SITE: 'CONTROL_UNKNOWN_SITE',
  LAYER_MODE_WEAKENING: 'CONTROL_WEAKENING_REFUSED',
}

function changeMode(reach: ControlReach, request: ControlRequest): Act {
  const { id, mode, site, actor } = request
  if (mode === undefined)
    return { response: refusal(id, 'CONTROL_BAD_REQUEST', 'mode: the wanted mode is missing') }
  const from = reach.modes.mode(site)
  try {
    const change = reach.modes.change({
      mode,
      mayWeaken: !isAutomation(actor),
      ...(site === undefined ? {} : { site }),
    })
    return {
      response: { id, ok: true, result: { from: change.from, to: change.to } },
      from: change.from,
      to: mode,
    }
  } catch (error) {
    const code = error instanceof LayerError ? codes[error.code] : undefined
    if (code === undefined) throw error
    return { response: refusal(id, code, messageOf(error)), from, to: mode }
  }
}

async function reload(reach: ControlReach, id: string): Promise<Act> {
  try {
    const digest = await reach.reload()
    return { response: { id, ok: true, result: { config: digest } }, to: digest }
  } catch (error) {
    return { response: refusal(id, 'CONTROL_RELOAD_FAILED', messageOf(error)) }
  }
}

async function selfTest(reach: ControlReach, id: string): Promise<Act> {
  const result = await reach.selfTest()
  if (result.ok) return { response: { id, ok: true, result } }
  const details = result.details === undefined ? '' : `: ${JSON.stringify(result.details)}`
  return { response: refusal(id, 'CONTROL_SELFTEST_FAILED', `the self-test failed${details}`) }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown error'
}

async function perform(reach: ControlReach, request: ControlRequest): Promise<Act> {
  switch (request.op) {
    case 'status':
      return { response: { id: request.id, ok: true, result: reach.status() } }
    case 'mode':
      return changeMode(reach, request)
    case 'reload':
      return reload(reach, request.id)
    case 'selftest':
      return selfTest(reach, request.id)
    case 'drain':
      await reach.drain()
      return { response: { id: request.id, ok: true } }
  }
}

/** The event of an act, refused ones too. Asking for the status changes nothing and leaves no event. */
function record(reach: ControlReach, request: ControlRequest, act: Act): void {
  if (request.op === 'status') return
  const { op, actor, reason, site } = request
  const outcome: EventOutcome = act.response.ok ? 'success' : 'failure'
  const facts = {
    op,
    actor,
    ...(act.from === undefined ? {} : { from: act.from }),
    ...(act.to === undefined ? {} : { to: act.to }),
    ...(reason === undefined ? {} : { reason }),
  }
  const draft = reach.events.admin(facts, outcome)
  reach.emit(site === undefined ? draft : { ...draft, sevenfold: { ...draft.sevenfold, site } })
  reach.log.info('control-act', { ...facts, outcome, ...(site === undefined ? {} : { site }) })
}

/** Does what a control request asks, and leaves an event of it. Never rejects. */
export async function actOn(reach: ControlReach, request: ControlRequest): Promise<ControlResponse> {
  let act: Act
  try {
    act = await perform(reach, request)
  } catch (error) {
    reach.log.error('control-failed', { op: request.op, error })
    act = { response: refusal(request.id, 'CONTROL_INTERNAL', messageOf(error)) }
  }
  record(reach, request, act)
  return act.response
}
