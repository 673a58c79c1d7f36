// SPDX-License-Identifier: Apache-2.0
#include "caller_id_facts.h"

#include "tipring/tapi_core/tspi/provider.h"

namespace tipring::at_modem {
namespace {

std::uint32_t absenceFlag(FieldStatus status) {
    switch (status) {
    case FieldStatus::Private: return LINECALLPARTYID_BLOCKED;
    case FieldStatus::Unavailable: return LINECALLPARTYID_OUTOFAREA;
    default: return 0;
    }
}

std::uint32_t flagsOf(const CallerId& id) {
    std::uint32_t flags = absenceFlag(id.numberStatus);
    const bool partial = id.numberStatus == FieldStatus::Partial;
    if (partial || id.numberStatus == FieldStatus::Ok) {
        flags |= LINECALLPARTYID_ADDRESS | (partial ? LINECALLPARTYID_PARTIAL : 0U);
    } else {
        flags |= absenceFlag(id.nameStatus);  // a withheld name beside a number says nothing
    }
    if (id.nameStatus == FieldStatus::Ok || id.nameStatus == FieldStatus::Partial) {
        flags |= LINECALLPARTYID_NAME;
    }
    return flags != 0 ? flags : LINECALLPARTYID_UNKNOWN;
}

void fillParty(TspiPartyId& party, std::string_view number) {
    if (!number.empty()) {
        party.flags = LINECALLPARTYID_ADDRESS;
        tspi::copyText(party.number, number);
    }
}

}  // namespace

void fillCallerId(const CallerId& id, TspiCallInfo& facts) {
    facts.callerId.flags = flagsOf(id);
    tspi::copyText(facts.callerId.number, id.number.view());
    tspi::copyText(facts.callerId.name, id.name.view());
    fillParty(facts.calledId, id.called.view());
    fillParty(facts.redirectingId, id.redirecting.view());
    if (id.date) {
        facts.networkMonth = id.date->month;
        facts.networkDay = id.date->day;
    }
    if (id.time) {
        facts.networkHour = id.time->hour;
        facts.networkMinute = id.time->minute;
    }
}

}  // namespace tipring::at_modem
