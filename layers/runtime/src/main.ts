import { runLayer } from '@sevenfold/layer'
import { runtimeLayer } from './forwarder/runtime-layer.ts'

await runLayer(runtimeLayer)
