/** Deterministic random numbers (mulberry32): the same seed gives the same values. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const FIRST = ['Anna', 'Sean', "D'Arcy", 'Jean-Luc', 'Siobhan', 'Miguel', 'Chloe', 'Li', 'Omar', 'Ivy']
const LAST = [
  "O'Connor",
  "O'Reilly",
  "D'Angelo",
  'Smith-Jones',
  "L'Oreal",
  'van der Berg',
  "M'Bala",
  'Nguyen',
  "Ng'ang'a",
  'Drop',
]
const PLACES = [
  "Land's End",
  'Union Square',
  "King's Cross",
  'Order Street 12',
  "Martha's Vineyard",
  'Group Lane 4/2',
  "Coeur d'Alene",
  'Table Mountain',
]
const THINGS = [
  'table',
  'view',
  'column',
  'union',
  'group',
  'order',
  'case',
  'index',
  'key',
  'row',
  'script',
  'form',
  'update',
  'record',
  'list',
  'user',
  'password',
  'shell',
  'template',
  'image',
  'link',
  'style',
  'object',
  'frame',
]
const ADJECTIVES = [
  'new',
  'old',
  'blue',
  'broken',
  '20"',
  "6'",
  '3/4',
  'select',
  'distinct',
  'left',
  'inner',
  'default',
  'like-new',
  '"limited"',
  "'90s",
  '10%',
  '#1',
  'half-price',
]
const VERBS = [
  'select',
  'drop',
  'update',
  'insert',
  'delete',
  'order',
  'group',
  'join',
  'alter',
  'create',
  'execute',
  'declare',
  'grant',
  'load',
  'merge',
  'replace',
  'set',
  'use',
  'like',
  'read',
  'echo',
  'kill',
  'cat',
  'curl',
  'ping',
]
const SENTENCES = [
  "Please select one or more options from the list and press 'Save'.",
  "I can't drop by today, it's raining and my car won't start; maybe tomorrow?",
  'He said "union members have 3 votes or more" and left.',
  "It's the '90s all over again -- and I like it!",
  "Don't delete from the cart; update the order instead.",
  'The table is 48" x 24" and the chair is 18" wide.',
  "She's 5' 6\" tall & he's 6' 1\".",
  'If x = 5 and y > 3 then the sum is 8 or more.',
  'Where is the group having its lunch? In the case by the door.',
  'Users and passwords should never be stored in one table.',
  'I would like to order by phone, if that is possible (call me at 555-1234).',
  "Rock 'n' roll isn't dead, it's just sleeping.",
  'Create a table for 4 at 19:30; set the menu; and wait for me.',
  "You're either with us or against us -- that's it.",
  'The set of values between 1 and 10 is not empty.',
  'Insert the key into the lock, turn left, and release.',
  "My cat's name is 'Null' and my dog's name is 'True'.",
  'Exec summary: declare victory, execute plan B, and go home.',
  'Limit 1 per customer; offer ends 12/31 or while stocks last.',
  'Having said that, I or my manager will be in touch.',
  'select the script tag, then open <the console> and look for errors',
  'Use the <b>bold</b> tag or <i>italics</i> for emphasis.',
  'a < b and c > d, so (a - d) < (b - c)',
  'Is 1 = 1? Yes. Is 2 = 3? No.',
  'The on-load handler fires once; on error it retries (see "retry" below).',
  'Visit https://example.com/a?b=1&c=2#top or http://example.org/~joe/index.html',
  "curl it's not; wget it is: just download the file.",
  'Price: $5.00 | Qty: 3 | Total: $15.00',
  'See ../README.md and ./docs/guide.md for the details.',
  'Run `npm install` and then `npm test`.',
  "The file is in /etc or /usr/local, I don't remember.",
  'Dear {{name}}, your order {{order.id}} has shipped.',
  '${amount} will be charged to your card ending in 1234.',
  'Q: What is 2+2? A: 4; Q: and 2*3? A: 6.',
  '50% off -- today only!!! #sale #deal',
  'Score: 3-2; half-time 1-1 (2-0 at one point).',
  'Temperature > 30C & humidity < 40%: stay inside.',
  "l'été s'annonce chaud, n'est-ce pas ? Oui, c'est sûr.",
  "Voilà l'union qui fait la force; d'accord ?",
  'Ich hätte gern "Spätzle" und/oder Knödel.',
  'rm stands for "registered mail", id stands for identity.',
  'We need cat food, dog food; and ls -- long socks.',
  'The union select committee meets at noon.',
  'O, what a rogue and peasant slave am I! -- Hamlet, II.ii',
  'from: me, to: you, cc: all; subject: "drop table" joke',
  'As of 1/1/2024 and until 12/31/2024, rates = 5.5% or prime + 2%.',
  '"Quoted" text, then "another quoted" text; and "more".',
  "'Single quoted' text, then 'another' one, or 'more'.",
  "Tom's, Dick's and Harry's cars = 3 cars",
  'WITH love and LIKE always, IN a CASE of wine',
  "isn't, wasn't, can't, won't, don't -- contractions",
  'version 2.0 (beta) -- do not use; see changelog #42',
  'sleep (8 hours) and benchmark (your progress) daily',
  'char (fish) and chr (Christian) are abbreviations',
]
const CODE = [
  "const x = a && b ? 'yes' : 'no';",
  'function add(a, b) { return a + b; }',
  'if (user.age > 18 && user.name !== "admin") { allow(); }',
  "for (let i = 0; i < list.length; i++) console.log(list[i] + ', ');",
  'var s = "it\'s"; s += \' and "that"\';',
  "def greet(name):\n    return 'Hello, ' + name + '!'\n",
  'print(f"{x} is {y!r} or {z:>10}")  # debug',
  "$total = $price * $qty; echo 'Total: ' . $total;",
  'SELECT is a keyword; so are FROM and WHERE. /* comment */',
  'int main(void) { printf("%d\\n", 1 || 0); return 0; }',
  "import { select, union } from 'd3-selection'",
  'body { margin: 0 auto; } /* reset */ a:hover { color: #fff; }',
  '/*! jQuery v3.6.0 | (c) OpenJS Foundation */',
  'git commit -m "fix: don\'t drop the last item"',
  'assert_eq!(1 + 1, 2); // ok',
  'x = x || {}; x.y = x.y && x.y > 0 ? x.y : 1;',
  "const re = /^[a-z'\"]+$/i; re.test('abc') || fail('no');",
  'let total = items.map(i => i.price * i.qty).reduce((a, b) => a + b, 0)',
  'Math.max(1, 2) + Math.min(3, 4) - round(5.5) * sin(x) / cos(y)',
  'return left(s, 3) + right(s, 2)',
  '#!/usr/bin/env node\n// entry point\n',
  'public static void main(String[] args) { System.out.println("hi"); }',
  'map(lambda x: x if x > 0 else -x, values)',
  '<div class="row"><span title=\'a\'>1 < 2</span></div>',
  'type A = B | C & { d: string; e?: number }',
]
const FORMULAS = [
  '1+1=2',
  'a=b',
  '2*(3+4)',
  'f(x) = x^2 - 4x + 3',
  'cos(x)',
  'sin(1)',
  '5 > 3',
  'x<y',
  '10%3',
  '1/2 + 1/3 = 5/6',
  '(1,2,3)',
  '1,2,3',
  '1;2;3',
  '3 and 4',
  '1950 or 1960',
  '7 - 3',
  '1--2',
  'E=mc^2',
  '{1,2} union {3}',
  'max(1,2)',
  'sqrt(16)',
  'x or y',
  '16:9',
  '4x4',
  '-1',
  '+49 (0)30 1234-567',
  '1 = one',
  'length(x)',
  '5"',
  "6'",
  '12\'6"',
  'a && b',
  'A|B|C',
  '100 or more',
  '2 or 3',
  '12 and 15',
]
const GRAPHQL = [
  'query { user(id: 4) { name, friends(first: 10) { edges { node { name } } } } }',
  'query Q($first: Int = 10, $after: String) { items(first: $first, after: $after) { id title } }',
  'mutation { createPost(input: {title: "It\'s new", tags: ["a", "b"]}) { id } }',
  'query { search(text: "select or union", limit: 5) { ... on User { name } } }',
  '{ __schema { types { name fields { name } } } }',
  'fragment F on User @include(if: $yes) { id name }',
]

/** One innocent value and the kind of text it is. */
export interface BenignValue {
  readonly kind: string
  readonly text: string
}

type Pick = <T>(list: readonly T[]) => T

function packageJson(pick: Pick, digit: () => number): string {
  return JSON.stringify({
    name: `@acme/${pick(THINGS)}`,
    version: `${digit()}.${digit()}.${digit()}`,
    scripts: {
      build: 'rm -rf dist && tsc -b',
      start: 'node ./dist/index.js',
      test: "echo 'no tests' && exit 0",
    },
    files: ['dist/**/*.js', '.npmrc', 'package.json'],
    dependencies: { express: `^${digit()}.0.0`, lodash: `>=${digit()}.1.0 <5 || 6.x`, [pick(VERBS)]: '*' },
  })
}

function search(pick: Pick): string {
  const join = pick([' and ', ' or ', ' ', ' & ', ' + ', ' -', ', ', ' / '])
  return `${pick(ADJECTIVES)} ${pick(THINGS)}${join}"${pick(ADJECTIVES)} ${pick(THINGS)}"`
}

function sentence(pick: Pick, digit: () => number): string {
  const forms = [
    () =>
      `Please ${pick(VERBS)} the ${pick(ADJECTIVES)} ${pick(THINGS)} or ${pick(VERBS)} ${digit()} of them.`,
    () =>
      `${pick(FIRST)}'s ${pick(THINGS)} isn't ${pick(ADJECTIVES)}; ${pick(VERBS)} it and ${pick(VERBS)} "${pick(THINGS)}".`,
    () => `${pick(VERBS)} ${pick(THINGS)} from ${pick(PLACES)} where ${pick(LAST)} and ${pick(FIRST)} live`,
    () => `How do I ${pick(VERBS)} a ${pick(THINGS)} in '${pick(THINGS)}' and "${pick(THINGS)}"?`,
    () =>
      `${pick(THINGS)} ${digit()} and ${pick(THINGS)} ${digit()} = ${digit() + digit()} ${pick(THINGS)}s (${pick(ADJECTIVES)})`,
    () =>
      `${digit()} ${pick(THINGS)}s, ${digit()}" ${pick(THINGS)} & ${digit()}' ${pick(THINGS)} -- ${pick(ADJECTIVES)}!`,
    () => `${pick(SENTENCES)} ${pick(SENTENCES)}`,
  ]
  return pick(forms)()
}

function json(pick: Pick, digit: () => number): string {
  return JSON.stringify({
    id: digit(),
    [pick(THINGS)]: pick(SENTENCES),
    tags: [pick(VERBS), pick(THINGS)],
    filter: { op: pick(['=', '<', '>=', '!=', 'and', 'or', 'like']), value: `${digit()}` },
  })
}

/** Gives `count` innocent values of many kinds: names, prose, searches, code, JSON, GraphQL, formulas. */
export function benignValues(seed: number, count: number): BenignValue[] {
  const random = seeded(seed)
  const pick: Pick = (list) => {
    const item = list[Math.floor(random() * list.length)]
    if (item === undefined) throw new Error('empty list')
    return item
  }
  const digit = (): number => 1 + Math.floor(random() * 9)
  const makers: readonly (readonly [string, () => string])[] = [
    ['name', () => `${pick(FIRST)} ${pick(LAST)}`],
    ['name', () => `${pick(LAST)} & ${pick(LAST)}`],
    ['address', () => `${digit()}${digit()} ${pick(PLACES)}, ${pick(FIRST)}ville #${digit()}`],
    ['search', () => search(pick)],
    ['prose', () => pick(SENTENCES)],
    ['prose', () => sentence(pick, digit)],
    ['prose', () => `${sentence(pick, digit)}\n\n${sentence(pick, digit)}\n-- \n${pick(FIRST)}`],
    ['code', () => pick(CODE)],
    ['code', () => `${pick(CODE)}\n${pick(CODE)}\n${pick(CODE)}`],
    ['package', () => packageJson(pick, digit)],
    ['json', () => json(pick, digit)],
    ['graphql', () => pick(GRAPHQL)],
    ['formula', () => pick(FORMULAS)],
    ['csv', () => `${digit()},"${pick(THINGS)}",'${pick(LAST)}',${digit()}.5;${pick(VERBS)}`],
    [
      'url',
      () =>
        `https://example.com/${pick(THINGS)}/${digit()}?q=${pick(VERBS)}+${pick(THINGS)}&or=${digit()}#${pick(THINGS)}`,
    ],
    ['id', () => `${digit()}-${pick(THINGS)}-${digit()}${digit()}--${pick(VERBS)}`],
  ]
  return Array.from({ length: count }, () => {
    const [kind, make] = pick(makers)
    return { kind, text: make() }
  })
}
