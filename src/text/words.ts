/**
 * The word lists that provenance rests on: what is too common to prove anything, what negates, what reports a
 * failure, what stands in for a value. General English only: no domain's vocabulary belongs here.
 */

const list = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/u).filter(Boolean));

/** Function words and words so frequent in agent talk and JSON keys that sharing one proves nothing. */
export const COMMON_WORDS: ReadonlySet<string> = list(`
  a about above across after again against all almost also always am an and another any are around as ask at away
  back be because been before being below between both but by call came can cannot could current currently data day
  did do does doing done down during each either else end error even ever every false few field find first fix follow
  following for found from full further general get give given go good got had has have having he help her here hers
  hi high him his hello how however i id if in info information into is it item its itself just keep kind know last
  least less let like list ll long look low made main make many may me might mine more most much must my name need
  never new next no none nor not note nothing now null number of off ok okay old on once one only open or order other
  our out over own part per please possible provide put re reason reference request result results right s same say
  see set she should show since so some something sorry start state status still stop such sure t take tell than thank
  thanks that the their them then there these they thing this those through time title to today together too true try
  two type under until up update us use used user using value ve very via view want was way we well went were what
  when where whether which while who whom whose why will with within without would year yes yet you your yours
  available based check confirm contact currently details directly have ensure include includes including instead
  message process provided required review section source specific sources step steps support valid url website www
  http https com org net html
`);

/** Words that turn a field into its absence: "no fee is recorded". */
export const NEGATIONS: ReadonlySet<string> = list(`
  no not none never nothing without cannot can't didn't doesn't isn't aren't wasn't weren't won't haven't hasn't nor
  neither nobody absent missing empty zero unable lacks lack yet unavailable
`);

/** Words that say that there is nothing; others merely turn a verb. */
export const ABSENCES: ReadonlySet<string> = list(`
  no none nothing nobody nowhere neither never nay without any empty zero missing lacks lack unavailable clear
`);

/** What a tool answers when it failed, by the start of its text or as a key of its answer. */
export const FAILURE_START: RegExp =
  /^\W*(?:(?:error|exception|traceback|failure|failed|fatal|invalid|unauthori[sz]ed|forbidden|not found|no such|unknown|cannot|could not|couldn't|unable to|bad request|timed? ?out|timeout|permission denied|access denied|rate limit(?:ed)?|(?:http|response|status)(?: \w+){0,3}:? [45]\d\d|[45]\d\d (?:error|bad|not|un|internal|forbidden|too|service)\w*)(?!\w)|\w*(?:error|exception)\s*[:(])/iu;

/** "No record is available for …", "Order 12 was not found.", short enough to be all that the tool says. */
export const FAILURE_SENTENCE: RegExp =
  /\b(?:not found|no such|does ?n[o']t exist|do(?:es)? not exist|no (?:\w+ ){0,3}(?:record|result|match|entr(?:y|ie)|data|item|row)s?\b.{0,40}\b(?:found|available|exist|match)|is (?:not valid|invalid)|was rejected|failed to|no \w+ (?:was|were) (?:performed|made|changed|applied|updated)|did not (?:appear|match|succeed)|an error occurred|unknown \w+|invalid \w+)/iu;

/** A failure that says what an argument should have been. */
export const SHOULD_BE: RegExp = /\b(?:must|should|expected|expects|requires?|required|format|instead|invalid|not a valid)\b/iu;

/** An instruction that makes one thing wait for another; those that wait for the user's word are another matter. */
export const CONDITION: RegExp =
  /\b(?:only (?:if|when|after|once|while)|unless|until|before|first|must not|never|if and only if|make sure|check that|provided that)\b/iu;
/** The same, so plainly that the two need share nothing else. */
export const STRICT_CONDITION: RegExp = /\b(?:only (?:if|when|after|once|while)|if and only if)\b/iu;
/** How a user says it: "approve it if the budget stands it". */
export const USERS_CONDITION: RegExp = /\b(?:if|unless|provided|as long as|once)\b/iu;
export const CONSENT: RegExp =
  /\b(?:confirmations?|consent|explicit\w*|(?:ask|confirm with|tell) the \w+|(?:user|customer|client|keeper|member|patient)s? (?:has |have |must |should )?(?:confirm|agree|approve)\w*)\b/iu;

/** Keys under which an answer carries its error, or a flag that it failed. */
export const ERROR_KEYS: ReadonlySet<string> = list(`
  error errors exception err error_message errormessage error_code errorcode fault fehler fehlermeldung erreur errore fout erro fel
`);
export const SUCCESS_KEYS: ReadonlySet<string> = list(`ok success succeeded successful`);
export const STATUS_KEYS: ReadonlySet<string> = list(`status status_code statuscode code http_status`);
export const FAILED_VALUES: ReadonlySet<string> = list(`
  error errored failed failure not_found notfound invalid rejected denied unauthorized forbidden bad_request
`);

/** A refusal for having asked too often: HTTP's 429 and what services write beside it. A limit as a subject is none. */
export const RATE_LIMIT: RegExp =
  /\btoo many requests\b|\brate[-_ ]?limit(?:s|ed|ing)?\b.{0,40}\b(?:exceeded|reached|hit|error)\b|\b(?:exceed\w*|reached|hit|over)\b.{0,40}\brate[-_ ]?limits?\b|\brate[- ]limited\b|\brate_?limit_?(?:error|exceeded|reached)\b|\bretry[-_ ]after\b|\bthrottl(?:ed|ing)\b|\brequests? per (?:second|minute|hour|day)\b|\b(?:http|status|(?:status|error)?[-_ ]?code)\W{0,4}429\b|\berror\W{0,4}429\b(?!\s+\p{Ll})|^\W*429\b/iu;

/** States that pass by themselves: asking again is waiting, not waste. */
export const UNFINISHED: RegExp =
  /\b(?:pending|queued|running|in[_ -]?progress|processing|not[_ -]ready|starting|initiali[sz]ing|scheduled|waiting|building|provisioning)\b/iu;

/** The user asks for a fresh look. */
export const ASKS_AGAIN: RegExp =
  /\b(?:again|re-?check|refresh|re-?try|once more|double[- ]check|any (?:news|update|change)|still|now)\b/iu;

/** What can never be a value: it says itself that the value is to come. */
export const STAND_IN: RegExp =
  /^\W*(?:tbd|todo|tba|unknown|undefined|placeholder|example|dummy|your?[_ -].*|the[_ -].*|my[_ -].*|from[_ -].*|to[_ -]be[_ -].*|.*[_ -](?:here|placeholder|tbd|todo)|x{2,})\W*$|^\s*(?:<.*>|\{.*\}|\[.*\]|\$\{.*\}|\?+|\.{3})\s*$/iu;

/** Words that some tools take for a value and others do not: `current`, `latest`, `me`, and counting numbers. */
export const ALIAS: RegExp =
  /^\W*(?:n\/?a|none|null|sample|test|default|current|latest|active|recent|previous|last|first|next|existing|pending|any|auto|me|self|this|primary|(?:current|latest|active|previous|existing|selected|last|first)[_ -].*|0+|1|123+4*5*6*7*8*9*0?|abc(?:123)?)\W*$/iu;

/** Verbs that change the world, and verbs that look at it; the first one in a tool's name decides. */
export const WRITE_VERBS: ReadonlySet<string> = list(`
  accept acknowledge activate add adjust answer append apply approve archive arm assemble assign attach ban block book buy
  cancel cast change charge clear click clone close comment commit configure confirm connect consume copy create credit
  deactivate debit decline delete deliver deploy deposit detach disable disconnect dismiss dispatch dispense drain drop edit eject
  email enable enroll enrol erase escalate evict exchange execute favorite file fill finalize flag follow forward freeze fulfill
  give grant hire hold import increase decrease insert install invite invoke issue join kick kill label launch leave like
  link lock log mark merge message migrate mint mkdir modify mount move mute mv notify order park patch pause pay pin place play
  post press print process promote provision publish purchase purge push put quarantine react reactivate reassign reboot
  record redeem refill refund register reinstate reject release remind remove rename renew reorder repair replace reply report request
  reschedule reserve reset resize resolve restart restock restore resume retire retry return revert revoke rm rmdir rollback rotate
  save scale schedule seal send set share ship shut sign silence skip snooze spend stage stake star
  start stop store submit subscribe suspend swap switch sync tag terminate tip toggle touch transfer trigger turn unassign unblock
  undo unfollow uninstall unlink unlock unmute unpin unsubscribe unsuspend update upgrade downgrade upload upsert upvote void vote waive
  warn wipe wire withdraw write
`);
export const READ_VERBS: ReadonlySet<string> = list(`
  get list read search find fetch lookup look query retrieve view show check inspect describe count calculate compute
  estimate compare validate verify browse scan select summarize analyze detect locate trace track
  review preview quote explore observe assess reconcile open load download convert translate classify display
  identify is has can what which who when where current sum average mean predict forecast geocode measure monitor
  diff grep ls cat head tail pwd stat wc du find tree ping
`);

/** The commonest of both in the languages that tools are named in beside English. */
export const FOREIGN_READ_VERBS: ReadonlySet<string> = list(`
  lesen suchen abfragen abrufen anzeigen holen finden prufen pruefen berechnen auflisten
  consultar buscar obtener listar ver leer calcular obter procurar
  rechercher chercher lire obtenir lister consulter afficher calculer trouver verifier
  cercare cerca leggere ottenere elencare trova zoeken ophalen lezen tonen
  検索 取得 一覧 確認 参照 照会 查询 获取 搜索 列出 查看 조회 검색
`);
export const FOREIGN_WRITE_VERBS: ReadonlySet<string> = list(`
  anlegen erstellen buchen senden loschen loeschen andern aendern aktualisieren stornieren bestellen speichern erneuern installieren
  crear reservar enviar cancelar actualizar eliminar modificar borrar pagar criar atualizar excluir
  creer reserver envoyer annuler modifier supprimer deposer payer mettre notifier
  creare prenotare inviare annullare aggiornare eliminare prenota invia maken boeken sturen annuleren wijzigen
  作成 予約 送信 削除 更新 登録 変更 创建 预订 发送 删除 取消 예약 생성 삭제
`);

/** Verbs that are nouns as often: in `order_search` the other word decides. */
export const NOUNS_TOO: ReadonlySet<string> = list(`
  answer book cast change charge comment copy credit deposit drop edit email exchange favorite file follow forward grant hold
  increase invite issue label launch leave like link lock log message modify mount move notify order park patch place play post press
  print process record refund release repair reply report request reset reserve review schedule share ship show sign stage stake
  star start stop store switch tag tip touch transfer trigger view vote wire can current has is load open quote scan
  track trace tree sum mean forecast display monitor estimate measure
`);

/** What only a read gives. */
export const READ_NOUNS: ReadonlySet<string> = list(`
  status history details detail info information lookup summary balance price prices statistics stats availability search
  policy policies rules options catalog
`);

/** Tools that run what they are given. */
export const RUNNERS: ReadonlySet<string> = list(`
  bash shell sh zsh powershell terminal console command cmd exec execute eval run python node javascript ruby code interpreter
  notebook repl sandbox
`);

/** Writes that set something to a value: the next one of the same thing takes the place of the last. */
export const SETTING_VERBS: ReadonlySet<string> = list(`set change adjust configure update modify edit`);

/** Writes that take back what another write did. */
export const UNDOING_VERBS: ReadonlySet<string> = list(`
  cancel delete undo revert remove void revoke rollback withdraw retract discard dismiss unassign detach unlink release reopen
`);

/** Reads whose answer is a go or a no-go for something else. */
export const CHECK_WORDS: ReadonlySet<string> = list(`
  verify validate availability eligibility eligible allowed permitted permission permissions conflict conflicts precheck
  preflight prerequisite prerequisites compliance clearance can
`);

/** Tools that ask a person or another agent, or hand over to one. */
export const ASKING_WORDS: ReadonlySet<string> = list(`
  ask asks help human clarify clarification confirm confirmation consent handoff escalate handover approval interview prompt
  agent subagent delegate
`);

/** Tools that come before all others: they open a session, tell who is speaking, or how to go about it. */
export const OPENING_WORDS: ReadonlySet<string> = list(`
  authenticate authentication auth authorize login signin session connect identify identity init initialize setup onboard
  instructions guidelines guide playbook skill skills capabilities tools think plan
`);

/** How a text says that it draws on what was found. */
export const FOLLOWS_FROM: RegExp =
  /\b(?:because|since|given that|now that|as (?:the|there|it|this|that) (?:\w+ ){0,4}(?:is|are|was|were|has|have|did|does)|based on|according to|confirmed|found|shows?|showed|shown|says|said|returned|reveal\w*|indicat\w*|therefore|instead|alternative\w*|turns out|it seems|appears?|however|but|not (?:available|found|listed|possible|enough|sufficient)|unclear|ambiguous)\b/iu;

/** How a user says that one thing is wanted only if another is so. */
export const DEPENDS_ON: RegExp =
  /\b(?:if|unless|provided|as long as|once|otherwise|in case|else|instead|depending|then|until|fall ?back|after \w+ing|(?:when|after|before) (?:you|that|it|this|they))\b/iu;

/** A prompt that wants to know first who is speaking. */
export const IDENTITY: RegExp = /\b(?:authenticat\w*|identity|verify (?:who|the (?:user|customer|caller|client|member|patient|account)))/iu;
