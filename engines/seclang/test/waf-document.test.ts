import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from 'vitest'

import { sourcedVariables } from '../src/compile/value-sources.ts'
import * as seclang from '../src/index.ts'
import {
  directiveSpelling,
  ignoredDirectives,
  refusedDirectives,
  settingDirectives,
  structuralDirectives,
} from '../src/language/directive-table.ts'
import { variableNames } from '../src/language/variable-names.ts'
import { supportTables } from '../src/tools/index.ts'

const page = join(dirname(fileURLToPath(import.meta.url)), '../../../docs/waf.md')

describe('docs/waf.md', () => {
  it('lists the support of the language as it is in the code', () => {
    const text = readFileSync(page, 'utf8')
    const begin = '<!-- support tables: begin -->\n'
    const found = text.slice(text.indexOf(begin) + begin.length, text.indexOf('<!-- support tables: end -->'))
    expect(found.replaceAll(/[ |-]+/g, ' ').trim()).toBe(
      supportTables()
        .replaceAll(/[ |-]+/g, ' ')
        .trim(),
    )
  })
})

describe('the tables of the language', () => {
  it('spell every directive that is read, ignored or refused', () => {
    const known = [
      ...Object.keys(settingDirectives),
      ...Object.keys(ignoredDirectives),
      ...Object.keys(refusedDirectives),
      ...structuralDirectives,
    ]
    expect([...directiveSpelling.keys()].toSorted()).toEqual([...new Set(known)].toSorted())
  })

  it('read every variable from somewhere', () => {
    const elsewhere = new Set<string>(['XML', 'RULE'])
    expect(variableNames.filter((name) => !elsewhere.has(name) && !sourcedVariables.includes(name))).toEqual(
      [],
    )
  })
})

describe('the public surface', () => {
  it('changes only on purpose', () => {
    expect(Object.keys(seclang).toSorted()).toEqual([
      'AppsecError',
      'CompileCache',
      'SeclangError',
      'builtinRules',
      'compileAppsecConfig',
      'compileAppsecRule',
      'compileRuleSet',
      'createMemoryStore',
      'createSeclangInspector',
      'faultText',
      'finalStatus',
      'jsonAuditLog',
      'nativeAuditLog',
      'noRuleFiles',
      'seclangErrorCodes',
      'wantsAudit',
    ])
  })
})
