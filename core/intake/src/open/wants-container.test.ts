import { expect, it } from 'vitest'
import { wantsContainer } from './wants-container.ts'

it('containers are chosen by name and label', () => {
  const container = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
    id: 'a',
    name,
    image: '',
    labels,
  })
  const wants = wantsContainer({ containers: ['web-?', 'a.b*'], label: 'logs=yes' })
  expect(wants(container('web-1', { logs: 'yes' }))).toBe(true)
  expect(wants(container('a.bc', { logs: 'yes' }))).toBe(true)
  expect(wants(container('web-10', { logs: 'yes' }))).toBe(false)
  expect(wants(container('axbc', { logs: 'yes' }))).toBe(false)
  expect(wants(container('web-1', { logs: 'no' }))).toBe(false)
  expect(wantsContainer({ containers: [] })(container('any'))).toBe(true)
  expect(wantsContainer({ containers: [], label: 'toString' })(container('any'))).toBe(false)
})
