// Braintrust's SDK for Java: its SDKs for Java, Go, Ruby and C# write OpenTelemetry spans. Needs a JDK and Maven.
import { recordInJava } from '../../other-language.mjs';

export const record = (conversation) => recordInJava(import.meta.dirname, conversation);
