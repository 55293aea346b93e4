import { describe, expect, it } from 'vitest'
import { table } from './table.ts'

describe('table', () => {
  it('has heads in capitals and columns as wide as their widest cell', () => {
    expect(
      table(
        ['id', 'value'],
        [
          ['1', 'a'],
          ['1000', 'bb'],
        ],
      ),
    ).toBe('ID    VALUE\n1     a\n1000  bb')
  })

  it('has heads alone when there are no rows', () => {
    expect(table(['a', 'b'], [])).toBe('A  B')
  })

  it('keeps every cell on its line, whatever is in it', () => {
    expect(table(['a'], [['x\ny\u001b[2J\u202e']]).split('\n')).toEqual(['A', 'x\\ny\\x1b[2J\\u202e'])
  })

  it('cuts long cells', () => {
    expect(table(['a'], [['x'.repeat(500)]]).split('\n')[1]).toHaveLength(121)
  })
})
