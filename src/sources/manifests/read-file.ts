/** A file that was read once, and what is kept of it. */
import {readFileSync} from 'node:fs'
import type {Diagnostic} from '../../diagnostics/diagnostic.js'
import type {Ignore} from '../../diagnostics/ignore.js'
import type {Service} from '../../core/cluster/objects.js'
import {objectsOf} from './assemble.js'
import {findIgnores} from './find-ignores.js'
import type {FoundFile} from './found-files.js'
import {readManifest, type ManifestDocument, type ManifestFile} from './manifest-file.js'
import type {ManifestObject} from './read-document.js'
import {decodeText} from './read-text.js'

/**
 * Most files of a repository say nothing to lbex, and there may be thousands: their texts are not kept. In the rare case that a
 * place in one is to be shown after all (an object is defined twice), it is read again.
 */
export class ReadFile {
  readonly file: string
  /** A pipe can be read once only. */
  readonly isPipe: boolean
  readonly objects: readonly ManifestObject[]
  readonly diagnostics: readonly Diagnostic[]
  readonly ignores: readonly Ignore[]
  private kept: ManifestFile | undefined

  constructor(
    private readonly found: FoundFile,
    manifest: ManifestFile,
  ) {
    const objects = objectsOf([manifest])
    this.file = manifest.file
    this.isPipe = found.isPipe
    this.diagnostics = manifest.diagnostics
    this.ignores = findIgnores(manifest)
    const mayBeForgotten = !found.isPipe && this.diagnostics.length + this.ignores.length === 0
    const forgotten = mayBeForgotten && objects.every(saysNothing)
    this.kept = forgotten ? undefined : manifest
    this.objects = forgotten ? objects.map(copy) : objects
  }

  /** Undefined when the file holds no text. */
  get text(): string | undefined {
    return this.manifest.text
  }

  get documents(): readonly ManifestDocument[] {
    return this.manifest.documents
  }

  private get manifest(): ManifestFile {
    this.kept ??= readManifest(this.file, decodeText(readFileSync(this.found.path)))
    return this.kept
  }
}

/** True for a Service without annotations and class: nothing in it can be wrong for lbex. */
function saysNothing({lists}: ManifestObject): boolean {
  const {services = [], ...others} = lists
  return Object.keys(others).length === 0 && services.every(isBare)
}

function isBare({annotations, loadBalancerClass}: Service): boolean {
  return loadBalancerClass === undefined && Object.keys(annotations).length === 0
}

/** Strings that are cut out of a text keep all of it in memory: a copy does not. */
function copy({lists}: ManifestObject): ManifestObject {
  const [service] = JSON.parse(JSON.stringify(lists.services)) as [Service]
  return {subject: service, lists: {services: [service]}}
}
