import { ecsVersion, eventVersion, isPartName, uuidV7 } from '@sevenfold/event'
import type { Epoch, EventDraft, Loss, PartName, SevenfoldFields } from '@sevenfold/event'

/** The part that an agent id such as `edge/w0` belongs to; `supervisor` for a name that is no part. */
export function partOf(agentId: string): PartName {
  const part = agentId.split('/', 1)[0]
  return isPartName(part) ? part : 'supervisor'
}

function draftOf(
  agentId: string,
  nowMs: number,
  own: Partial<SevenfoldFields> & { kind: 'loss' | 'epoch' },
): EventDraft {
  const layer = partOf(agentId)
  return {
    '@timestamp': new Date(nowMs).toISOString(),
    ecs: { version: ecsVersion },
    event: {
      id: uuidV7(),
      kind: own.kind === 'loss' ? 'pipeline_error' : 'state',
      category: ['host'],
      type: [own.kind === 'loss' ? 'error' : 'start'],
      action: own.kind === 'loss' ? 'spool-loss' : 'spool-epoch',
      dataset: `sevenfold.${layer}.${own.kind}`,
      module: 'sevenfold',
      severity: own.kind === 'loss' ? 60 : 20,
    },
    sevenfold: { v: eventVersion, layer, lane: 'high', ...own },
  }
}

/** The event that declares a loss. */
export function lossDraft(agentId: string, nowMs: number, loss: Loss): EventDraft {
  return draftOf(agentId, nowMs, { kind: 'loss', loss })
}

/** The first event of an epoch: an epoch that does not start with it is an incident at every receiver. */
export function epochDraft(agentId: string, nowMs: number, epoch: Epoch): EventDraft {
  return draftOf(agentId, nowMs, { kind: 'epoch', epoch })
}
