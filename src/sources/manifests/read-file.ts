/** A file that was read for `lbex check`, without its text if that is not needed any more. */
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
 * A repository may have thousands of files, and most hold nothing for lbex, so their texts are not kept. In the rare case that
 * a position in one of them is needed (an object is defined twice), it is read again.
 */
export class ReadFile {
  readonly file: string
  /** A pipe can be read only once. */
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
    const canDropText = !found.isPipe && this.diagnostics.length + this.ignores.length === 0
    const isDropped = canDropText && objects.every(isIrrelevant)
    this.kept = isDropped ? undefined : manifest
    this.objects = isDropped ? objects.map(copy) : objects
  }

  /** Undefined if the file is not text. */
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

/** True for a Service without annotations and class: lbex does not serve it. */
function isIrrelevant({lists}: ManifestObject): boolean {
  const {services = [], ...others} = lists
  return Object.keys(others).length === 0 && services.every(isBare)
}

function isBare({annotations, loadBalancerClass}: Service): boolean {
  return loadBalancerClass === undefined && Object.keys(annotations).length === 0
}

/** A substring keeps the whole text in memory; a copy does not. */
function copy({lists}: ManifestObject): ManifestObject {
  const [service] = JSON.parse(JSON.stringify(lists.services)) as [Service]
  return {subject: service, lists: {services: [service]}}
}
