import { join } from 'node:path'
import type { Inspector } from '@sevenfold/event'
import { builtinRules } from '../src/builtin/builtin-rules.ts'
import { compileRuleSet } from '../src/compile/compile-rule-set.ts'
import { noRuleFiles } from '../src/language/rule-files.ts'
import { createSeclangInspector } from '../src/transaction/seclang-inspector.ts'
import { type Grammar, texts } from './builtin-grammar.ts'
import * as code from './builtin-grammar-code.ts'
import { sqlBare, sqlBehindString, sqlSortKey } from './builtin-grammar-sql.ts'
import * as web from './builtin-grammar-web.ts'
import { innocents } from './builtin-innocents.ts'
import {
  asDrawing,
  asJsonBody,
  asName,
  asRawPath,
  asXmlBody,
  type Carrier,
  carriers,
} from './builtin-places.ts'
import { inspect, isRefused, type SampleRequest } from './rule-traffic.ts'
import { diskFiles, sharedCrs } from './shared-data.ts'

/** A request made from one text of a grammar. */
export interface GrammarRequest {
  readonly text: string
  readonly request: SampleRequest
}

/** How many requests of a class each rule set refuses. */
export interface Row {
  readonly name: string
  readonly count: number
  readonly own: number
  readonly crs: number
  /** Texts that the built-in rules let pass, and those that they refuse. */
  readonly missed: readonly string[]
  readonly hit: readonly string[]
}

const { query, form, json, multipart, cookie, path, agent, referer } = carriers
const bodies: readonly Carrier[] = [query, form, json, multipart]
const everywhere: readonly Carrier[] = [...bodies, cookie, path]

interface Kind {
  readonly grammar: Grammar
  readonly carriers: readonly Carrier[]
}

const attackKinds: Readonly<Record<string, Kind>> = {
  'SQL, behind a string': { grammar: sqlBehindString, carriers: everywhere },
  'SQL, bare': { grammar: sqlBare, carriers: everywhere },
  'SQL, sort order': { grammar: sqlSortKey, carriers: bodies },
  shell: { grammar: code.shell, carriers: [...bodies, cookie] },
  'shell, header': { grammar: code.shell, carriers: [agent] },
  program: { grammar: code.program, carriers: bodies },
  script: { grammar: web.script, carriers: [...bodies, cookie] },
  'script, path and headers': { grammar: web.script, carriers: [path, referer] },
  'script, drawing': { grammar: web.drawing, carriers: [asDrawing] },
  traversal: { grammar: web.path, carriers: [...bodies, cookie] },
  'traversal, path': { grammar: web.path, carriers: [asRawPath] },
  template: { grammar: code.template, carriers: [...bodies, path] },
  logger: { grammar: code.logger, carriers: [...bodies, agent, referer] },
  'document database': { grammar: code.documentQuery, carriers: bodies },
  'inner address': { grammar: web.innerAddress, carriers: bodies },
  xml: { grammar: web.xml, carriers: [asXmlBody] },
  directory: { grammar: web.directory, carriers: bodies },
  'header line': { grammar: web.headerLine, carriers: [query, form] },
  'mail line': { grammar: web.mailLine, carriers: [form, json] },
  serialised: { grammar: code.serialised, carriers: [...bodies, cookie] },
  'prototype, JSON': { grammar: code.prototypeJson, carriers: [asJsonBody] },
  'prototype, name': { grammar: code.prototypeName, carriers: [asName] },
  include: { grammar: web.include, carriers: bodies },
}

function requests({ grammar, carriers: list }: Kind, seed: number, count: number): GrammarRequest[] {
  return texts(grammar, seed, count).map((text, i) => {
    const carrier = list[i % list.length] ?? query
    return { text: `${text}   <${carrier.name}>`, request: carrier(text) }
  })
}

/** Attacks of each class, drawn from grammars. */
export function grammarAttacks(seed: number, count: number): ReadonlyMap<string, GrammarRequest[]> {
  return new Map(Object.entries(attackKinds).map(([name, kind]) => [name, requests(kind, seed, count)]))
}

/** Innocent requests of each kind, drawn from grammars. */
export function grammarInnocents(seed: number, count: number): ReadonlyMap<string, GrammarRequest[]> {
  const found = [...innocents].map(([name, grammar]) => {
    const list = name === 'code in posts' || name === 'GraphQL' ? bodies : [...bodies, cookie]
    return [name, requests({ grammar, carriers: list }, seed, count)] as const
  })
  const paths = ['names', 'searches and sort orders', 'identifiers'].map((name): Kind => ({
    grammar: innocents.get(name) ?? (() => name),
    carriers: [path],
  }))
  const segments = paths.flatMap((kind) => requests(kind, seed, Math.ceil(count / 3)))
  const posted = requests(
    { grammar: innocents.get('JSON') ?? (() => '{}'), carriers: [asJsonBody] },
    seed,
    count,
  )
  return new Map([...found, ['path segments', segments], ['JSON bodies', posted]])
}

/** The built-in rules, ready to inspect. */
export function builtinInspector(): Inspector {
  return createSeclangInspector(compileRuleSet(builtinRules, { files: noRuleFiles }))
}

const settings = `
SecRuleEngine On
SecRequestBodyAccess On
SecRule REQUEST_HEADERS:Content-Type "@rx ^application/json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule REQUEST_HEADERS:Content-Type "@rx ^(?:application|text)/xml" "id:200002,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecAction "id:900990,phase:1,pass,nolog,setvar:tx.crs_setup_version=4280"
`

/** The Core Rule Set of the shared data at its default paranoia level 1, ready to inspect. */
export function crsInspector(): Inspector {
  const include = `Include ${join(sharedCrs, 'rules', '*.conf')}\n`
  const rules = [{ file: 'settings.conf', text: settings + include }]
  return createSeclangInspector(compileRuleSet(rules, { files: diskFiles }))
}

/** Sends every request through both rule sets. */
export function compareRules(
  classes: ReadonlyMap<string, readonly GrammarRequest[]>,
  own: Inspector,
  other: Inspector | null,
): Row[] {
  return [...classes].map(([name, list]) => {
    const missed: string[] = []
    const hit: string[] = []
    for (const { text, request } of list) (isRefused(inspect(own, request)) ? hit : missed).push(text)
    const crs = other === null ? 0 : list.filter(({ request }) => isRefused(inspect(other, request))).length
    return { name, count: list.length, own: hit.length, crs, missed, hit }
  })
}

/** A row as a line of a table. */
export function tableLine({ name, count, own, crs }: Row): string {
  return `${name.padEnd(26)} ${String(count).padStart(5)} ${String(own).padStart(9)} ${String(crs).padStart(9)}\n`
}
