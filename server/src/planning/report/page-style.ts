/** The page's look. Colours are those that the pictures name; all pass 4.5 : 1 on their ground, in light and in dark. */
export const pageStyle = `
:root{--ink:#18212f;--muted:#566273;--line:#d5dbe5;--paper:#ffffff;--soft:#f3f6fa;--ground:#eef1f6;--a:#1d4ed8;--b:#b45309;--bridge:#0f766e;--good:#15803d;--bad:#b42318;--other:#7e22ce;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e8edf5;--muted:#a3afc0;--line:#344056;--paper:#161d2a;--soft:#1e2736;--ground:#0e131c;--a:#7aa2ff;--b:#f0a24a;--bridge:#3cc4b4;--good:#5cc981;--bad:#ff8a7a;--other:#c99bff}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 Inter,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{max-width:1500px;margin:0 auto;padding:36px 28px 8px}
.kicker{margin:0;color:var(--bridge);font-weight:600;letter-spacing:.08em;text-transform:uppercase;font-size:12px}
h1{margin:4px 0 6px;font-size:34px;line-height:1.15;letter-spacing:-.02em}
.question{margin:0;color:var(--muted);font-size:18px;max-width:70ch}
main{max-width:1500px;margin:0 auto;padding:16px 28px 60px;display:grid;grid-template-columns:minmax(0,1fr) 330px;gap:24px;align-items:start}
section,.verdict,aside{background:var(--paper);border:1px solid var(--line);border-radius:14px;padding:22px 24px}
section{margin-top:20px}
h2{margin:0 0 4px;font-size:20px;letter-spacing:-.01em}
h3{margin:16px 0 4px;font-size:15px}
.lead{margin:0 0 12px;color:var(--muted);max-width:80ch}
.verdict{border-left:8px solid var(--muted)}
.verdict.start{border-left-color:var(--good)}.verdict.settle-first{border-left-color:var(--b)}.verdict.do-not-start{border-left-color:var(--bad)}
.answer{display:inline-block;padding:3px 12px;border-radius:99px;color:var(--paper);background:var(--muted);font-weight:600}
.start .answer{background:var(--good)}.settle-first .answer{background:var(--b)}.do-not-start .answer{background:var(--bad)}
.headline{margin:12px 0 8px;font-size:21px;line-height:1.35;font-weight:600;letter-spacing:-.01em;max-width:60ch}
.verdict ul{margin:6px 0 0;padding-left:20px;max-width:85ch}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(250px,1fr));gap:16px;margin-top:20px}
figure{margin:0}figure svg{display:block;width:100%;height:auto}
figcaption{margin-top:6px;color:var(--muted);font-size:13px}
.two{margin-top:14px;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));gap:28px}
.two>*{min-width:0}
.scroll{overflow-x:auto;margin:0 -24px;padding:0 24px}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:7px 14px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}
thead th{color:var(--muted);font-weight:500;font-size:13px;white-space:nowrap}
tbody th{font-weight:500;color:var(--muted);white-space:nowrap}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.strong{font-weight:600}.nowrap{white-space:nowrap}.rank{color:var(--muted)}
tr.first td{background:color-mix(in srgb,var(--bridge) 9%,transparent)}tr.first td:first-child{padding-left:8px;border-radius:8px 0 0 8px}
.options td:first-child{padding-left:8px}
.chip{display:inline-block;padding:0 8px;border-radius:99px;font-size:12px;line-height:19px;background:var(--soft);color:var(--muted);border:1px solid var(--line);white-space:nowrap}
.chip.good{color:var(--good);border-color:currentColor}.chip.bad{color:var(--bad);border-color:currentColor}.chip.unknown,.chip.assumption{color:var(--b);border-color:currentColor}.chip.history{color:var(--bridge);border-color:currentColor}
.known{font-weight:600}.known.yes{color:var(--good)}.known.no{color:var(--bad)}.known.unknown{color:var(--b)}
small{color:var(--muted);font-size:12.5px}
.compare td{min-width:170px}.options td:last-child{min-width:190px}
.flags{list-style:none;margin:8px 0 0;padding:0}.flags li{padding:8px 0;border-bottom:1px solid var(--line)}.flags em{color:var(--muted)}
details{margin-top:12px}summary{cursor:pointer;color:var(--muted)}details p{margin:6px 0;color:var(--muted)}
aside{position:sticky;top:16px;max-height:calc(100vh - 32px);overflow:auto;padding:20px}
#state{margin:2px 0 10px;color:var(--muted);font-size:13px}
button{font:inherit;font-size:14px;padding:5px 12px;border-radius:8px;border:1px solid var(--line);background:var(--soft);color:var(--ink);cursor:pointer}
button:focus-visible,summary:focus-visible,input:focus-visible{outline:2px solid var(--a);outline-offset:2px}
.slider{display:grid;grid-template-columns:1fr auto;gap:0 8px;margin-top:14px;font-size:13.5px}
.slider .name{grid-column:1/-1;line-height:1.3}.slider output{font-weight:600;font-variant-numeric:tabular-nums;text-align:right}.slider .chip{justify-self:start}
.slider input{grid-column:1/-1;width:100%;margin:4px 0 0;accent-color:var(--bridge)}
.slider.turned output{color:var(--a)}
footer{margin-top:20px;color:var(--muted);font-size:13px}
@media (max-width:1320px){main{grid-template-columns:minmax(0,1fr);padding:12px}header{padding:24px 16px 4px}aside{position:static;max-height:none}h1{font-size:27px}}
@media print{body{background:#fff}aside{display:none}main{display:block}section,.verdict{break-inside:avoid}}
`
