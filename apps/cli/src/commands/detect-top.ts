import { isJsonObject } from '@sevenfold/event'
import type { JsonObject } from '@sevenfold/event'
import { partSocket, placeOptions } from '../place/data-folder.ts'
import { fieldText } from '../place/field-text.ts'
import type { Command } from '../program/command.ts'
import { table } from '../program/table.ts'
import { askSocket } from '../talk/ask-socket.ts'

const columns = ['name', 'cpu ms', 'matched', 'poured', 'overflowed', 'withheld', 'failed', 'state']
const shownByDefault = 20

function row(scenario: JsonObject): readonly string[] {
  const number = (key: string): string => fieldText(scenario, key) ?? '0'
  const cpu = Number(scenario['cpuMicros'] ?? 0) / 1000
  const state = scenario['disabled'] === true ? 'disabled' : ''
  const counts = ['matched', 'poured', 'overflowed', 'withheld', 'failed'].map(number)
  return [fieldText(scenario, 'name') ?? '', cpu.toFixed(1), ...counts, state]
}

/** `sevenfold detect top`. */
export const detectTop: Command = {
  name: 'detect top',
  summary: 'show the hub scenarios of the running detection layer, the costliest first',
  details: `CPU time since the start, estimated from one event in 256. failed: evaluations that failed on what an event held.
withheld: overflows kept back by a blackhole or an overflow_filter.`,
  options: { all: { type: 'boolean', help: `all scenarios, not only ${shownByDefault}` }, ...placeOptions },
  examples: ['sevenfold detect top', 'sevenfold detect top --all --json'],
  run: async (call) => {
    const socketPath = await partSocket(call, 'detection', 'api.sock')
    const status = await askSocket({ socketPath, part: 'detection', path: '/v1/status' })
    const hub = isJsonObject(status) && isJsonObject(status['hub']) ? status['hub'] : undefined
    if (hub === undefined) {
      call.io.out(call.json ? '[]' : 'no hub rules are loaded: detection.hub names none')
      return 0
    }
    const scenarios = (Array.isArray(hub['scenarios']) ? hub['scenarios'] : []).filter(isJsonObject)
    const shown = call.flag('all') ? scenarios : scenarios.slice(0, shownByDefault)
    if (call.json) {
      call.io.out(JSON.stringify({ ...hub, scenarios: shown }))
      return 0
    }
    const counts = [
      'lines',
      'unparsed',
      'whitelisted',
      'poured',
      'overflows',
      'buckets',
      'evicted',
      'refused',
    ]
    call.io.out(counts.map((key) => `${fieldText(hub, key) ?? '0'} ${key}`).join(', '))
    call.io.out(table(columns, shown.map(row)))
    return 0
  },
}
