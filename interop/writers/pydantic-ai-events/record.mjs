import { recordInPython } from '../../other-language.mjs';

export const record = (conversation) => recordInPython(import.meta.dirname, conversation);
