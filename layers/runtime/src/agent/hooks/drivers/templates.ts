import type { Agent } from '../../agent.ts'
import { judgeTemplate } from '../../judges/judge-template.ts'
import { hookTextSink } from './text-sink.ts'

/** Template engines that take their source as the first argument of one of these functions. */
export const templatePackages: readonly string[] = [
  'ejs',
  'pug',
  'jade',
  'nunjucks',
  'handlebars',
  'mustache',
  'hogan.js',
  'lodash',
  'lodash.template',
  'underscore',
  'dot',
  'eta',
  'squirrelly',
  'swig',
  'swig-templates',
  'twig',
  'liquidjs',
  'velocityjs',
  'art-template',
  'marko',
  'ect',
  'whiskers',
  'just-template',
  'template7',
]

const names = [
  'compile',
  'render',
  'renderString',
  'renderAsync',
  'compileString',
  'precompile',
  'template',
  'parse',
  'parseAndRender',
  'parseAndRenderSync',
  'to_html',
]

interface Engine {
  readonly default?: unknown
  readonly prototype?: unknown
  readonly Environment?: { readonly prototype?: unknown }
  readonly Template?: { readonly prototype?: unknown }
  readonly Liquid?: { readonly prototype?: unknown }
  readonly Eta?: { readonly prototype?: unknown }
}

/** An engine as a package exports it: functions, an object, or classes. */
export function hookTemplates(agent: Agent, product: string, exported: unknown): void {
  if ((typeof exported !== 'object' && typeof exported !== 'function') || exported === null) return
  const { default: main, prototype, Environment, Liquid, Eta } = exported as Engine
  for (const holder of [exported, main, prototype, Environment?.prototype, Liquid?.prototype, Eta?.prototype])
    hookTextSink(agent, holder, {
      product,
      names,
      use: 'template',
      judge: (text, context) => judgeTemplate(text, context.inputs()),
    })
}
