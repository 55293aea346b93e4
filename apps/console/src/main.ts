import { runLayer } from '@sevenfold/layer'
import { consoleLayer } from './console-layer.ts'

await runLayer(consoleLayer)
