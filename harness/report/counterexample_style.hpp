// The style of the drawing of a counterexample: for light and dark screens and for paper.
#pragma once

namespace faultline {

inline constexpr const char* kCounterexampleStyle = R"(<style>
text{font:10px "DejaVu Sans Mono",Menlo,Consolas,monospace;fill:#1f2430;unicode-bidi:isolate}
.title{font-size:15px;font-weight:bold}.say{font-size:12px}.lane{font-size:11px}
.note,.at{fill:#5d6675}.paper{fill:#fff}.rail{stroke:#e6e8ec}
.tick{stroke:#9aa2af;stroke-dasharray:1 3}
.label,.state,.never{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.bar{fill:#dbe6fb;stroke:#2b5fc4}.bar.core{stroke-width:2.5}.bar.off{fill:#f3f4f6;stroke:#5d6675;
stroke-dasharray:4 2}.bar.bad{fill:url(#bad);stroke:#b81f1f;stroke-width:2.5}
.bad-back{fill:#fbe3e3}.bad-line{stroke:#e5a3a3}
.bad .label,.never{fill:#b81f1f;font-weight:bold}
.path{fill:none;stroke:#16794c;stroke-width:2}.dot{fill:#16794c;stroke:#fff}
.drop{stroke:#16794c;stroke-dasharray:1 3}.state{fill:#0f5c39;font-weight:bold}
.band{fill:url(#fault)}.haze{fill:#a2480f;fill-opacity:.1}
.edge{stroke:#a2480f}.hatch{stroke:#d9a06a;stroke-width:1.2}.fault{fill:#8a3d0c}
@media screen and (prefers-color-scheme:dark){
text{fill:#dfe3ea}.note,.at{fill:#98a2b3}.paper{fill:#15181e}.rail{stroke:#262b34}
.tick{stroke:#5d6675}.label,.state,.never{stroke:#15181e}
.bar{fill:#22345c;stroke:#7ea6ff}.bar.off{fill:#1d2128;stroke:#98a2b3}.bar.bad{stroke:#ff7b7b}
.bad-back{fill:#3f1f22}.bad-line{stroke:#7d3a3d}
.bad .label,.never{fill:#ff8f8f}.path{stroke:#4cc38a}.dot{fill:#4cc38a;stroke:#15181e}
.drop{stroke:#4cc38a}.state{fill:#7fe0b0}.edge{stroke:#f0a060}.hatch{stroke:#6b4522}
.fault{fill:#f0a060}}
</style>
)";

}  // namespace faultline
