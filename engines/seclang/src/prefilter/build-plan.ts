import type { ChainTrie } from '../compile/chain-trie.ts'
import type { CompiledRule } from '../compile/compiled-rule-set.ts'
import type { PrefilterPlan } from './prefilter-plan.ts'

/** Works out which links can be found by literals, and how to scan for them. */
export function buildPrefilterPlan(
  _rules: readonly CompiledRule[],
  _chains: ChainTrie,
  _columnCount: number,
): PrefilterPlan | null {
  return null
}
