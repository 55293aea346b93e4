import { isJsonObject } from '@sevenfold/event'
import { fill } from '../scope.ts'
import { networkPolicy } from '../../write/network-policy.ts'
import { isolateScript, releaseScript } from '../../write/nft-script.ts'
import { checkTexts, refuse, setting } from './action.ts'
import type { Action, ActionCall } from './action.ts'

const usualMs = 3_600_000

function labelsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    text
      .split(',')
      .map((pair) => pair.trim().split('=', 2) as [string, string?])
      .flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
}

function address({ settings, scope, isSpared }: ActionCall): string {
  const value = fill(setting(settings, 'address'), scope)
  return isSpared(value) ? '' : value
}

function policyOf({ settings, scope }: ActionCall): string {
  const labels = labelsOf(setting(settings, 'labels'))
  return networkPolicy({ namespace: setting(settings, 'namespace'), labels }, `sevenfold-${scope.incident}`)
}

/**
 * Cuts a machine off: an address by nftables on this host, or pods by a NetworkPolicy that is kept as a file.
 *
 * `isolate: { by: nftables, address: "{{source}}" }` or `isolate: { by: networkpolicy, namespace: shop, labels: app=web }`
 */
export const isolate: Action = {
  name: 'isolate',
  canUndo: true,
  check: (settings, path) => {
    const by = setting(settings, 'by')
    if (by === 'nftables') checkTexts(settings, path, { needed: ['by', 'address'] })
    else if (by === 'networkpolicy') checkTexts(settings, path, { needed: ['by', 'namespace', 'labels'] })
    else refuse(`${path}.by`, 'is nftables or networkpolicy')
  },
  describe: (call) => {
    if (setting(call.settings, 'by') === 'networkpolicy') return [`keep a NetworkPolicy: ${policyOf(call)}`]
    const value = address(call)
    return value === '' ? [] : [`nft -f - with\n${isolateScript(value, (call.ttlMs || usualMs) / 1000)}`]
  },
  run: async (call, reach) => {
    if (setting(call.settings, 'by') === 'networkpolicy') {
      const path = reach.keepFile(`isolate-${call.scope.incident}.json`, policyOf(call))
      return { text: `${path} is to be applied`, undo: { file: path } }
    }
    const value = address(call)
    if (value === '') return { text: 'nothing to isolate' }
    await reach.run({ argv: ['nft', '-f', '-'], input: isolateScript(value, (call.ttlMs || usualMs) / 1000) })
    return { text: `${value} is isolated`, undo: { address: value } }
  },
  undo: async (undo, reach) => {
    const value = isJsonObject(undo) ? undo['address'] : undefined
    if (typeof value === 'string') await reach.run({ argv: ['nft', '-f', '-'], input: releaseScript(value) })
  },
}
