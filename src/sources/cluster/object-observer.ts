/** Keeps additional data of a reflector's objects, apart from the values in a snapshot. */
import type {KubeObject} from '../../kube/answers.js'

export interface ObjectObserver {
  put(object: KubeObject): void
  remove(object: KubeObject): void
  /** Takes a list page by page; nothing changes before `commit`. `complete`: what was not added is gone. */
  replacement(): {
    readonly add: (objects: readonly KubeObject[]) => void
    readonly commit: (list: {readonly complete: boolean}) => void
  }
}
