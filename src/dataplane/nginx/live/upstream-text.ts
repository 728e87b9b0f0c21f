/** Upstreams and their servers in the text of a Service's file, as templates/service.conf.liquid writes them. */
import type {LiveServer} from '../../nginx-file.js'

export type ServerLine = LiveServer & {
  /** ` max_fails=2`, say: all servers of an upstream have the same. */
  readonly parameters: string
  readonly down: boolean
}

/** Replaces each upstream with what `replacement` returns for its text and its name. */
export function replaceUpstreams(text: string, replacement: (block: string, name: string) => string): string {
  return text.replaceAll(UPSTREAM, replacement)
}

const UPSTREAM = /^upstream (\S+) \{\n(?: [^\n]*\n)+\}$/gm

/** Undefined if the line is not that of a server. */
export function parseServerLine(line: string): ServerLine | undefined {
  const [, ipv6, ipv4, port, weight = '1', parameters = '', down] = SERVER_LINE.exec(line) ?? []
  const address = ipv6 ?? ipv4
  if (address === undefined) return undefined
  return {address, port: Number(port), weight: Number(weight), parameters, down: down !== undefined}
}

const SERVER_LINE =
  /^ +server (?:\[([\da-f:.]+)\]|([\d.]+)):(\d+)(?: weight=(\d+))?((?: (?!down;)[^;\s]+)*)( down)?;$/
