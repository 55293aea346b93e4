import type { Agent } from '../../agent.ts'
import { judgeSerialised } from '../../judges/judge-serialised.ts'
import { hookTextSink } from './text-sink.ts'

/** Packages that make functions from what they read, with the functions that read. */
export const serialiserPackages: Readonly<Record<string, readonly string[]>> = {
  'node-serialize': ['unserialize'],
  'serialize-to-js': ['deserialize'],
  'serialize-javascript': ['deserialize'],
  funcster: ['deepDeserialize', 'deserialize'],
  cryo: ['parse'],
  'js-yaml': ['load', 'loadAll', 'safeLoad'],
  'yaml-js': ['load'],
  'node-yaml': ['parse'],
}

/** Deserialisers that can run code. */
export function hookSerialiser(agent: Agent, product: string, exported: unknown): void {
  for (const holder of [exported, (exported as { readonly default?: unknown } | null)?.default])
    hookTextSink(agent, holder, {
      product,
      names: serialiserPackages[product] ?? [],
      judge: (text, context) => judgeSerialised(text, context.raw()),
    })
}
